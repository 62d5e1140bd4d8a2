"""Asks before a link is opened, and shows where it really leads."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui.transcript.links import SafeLink

UrlOpener = Callable[[QUrl], object]


class LinkDialog(QDialog):
    """Names the host in the form in which it is looked up, and the whole address."""

    def __init__(self, link: SafeLink, opener: UrlOpener, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._link = link
        self._opener = opener
        self.setWindowTitle(self.tr("Open this link?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        is_mail = link.scheme == "mailto"
        lead = self.tr("A mail to this address:") if is_mail else self.tr("It leads to:")
        host = QLabel(link.host)
        font = host.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.25)
        host.setFont(font)
        for label in (QLabel(lead), host):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            layout.addWidget(label)
        address = QPlainTextEdit(link.url)
        address.setReadOnly(True)
        address.setTabChangesFocus(True)
        address.setMaximumHeight(90)
        address.setAccessibleName(self.tr("Whole address"))
        layout.addWidget(address)
        layout.addWidget(self._note())
        layout.addWidget(self._buttons())
        self.setMinimumWidth(420)

    def _note(self) -> QLabel:
        text = self.tr("It opens outside Lumbre. What follows the name can carry data away.")
        if self._link.is_disguised:
            text = self.tr(
                "Careful: this address is written so that it can be mistaken for another."
            )
        note = QLabel(text)
        note.setWordWrap(True)
        return note

    def _buttons(self) -> QDialogButtonBox:
        roles = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.tr("Open"), roles.AcceptRole)
        copy = buttons.addButton(self.tr("Copy address"), roles.ActionRole)
        copy.clicked.connect(self._on_copy)
        buttons.accepted.connect(self._on_open)
        buttons.rejected.connect(self.reject)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setDefault(True)
        return buttons

    def _on_open(self) -> None:
        self._opener(QUrl(self._link.url, QUrl.ParsingMode.StrictMode))
        self.accept()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._link.url)
        self.reject()
