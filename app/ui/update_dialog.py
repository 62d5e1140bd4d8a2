"""Is there a newer version? What would be asked is shown first; then only on a click."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.core.cancellation import CancelToken
from app.core.errors import Cancelled, LumbreError
from app.core.release import Release, ReleaseCheck
from app.ui.buttons import TextButton
from app.ui.error_text import error_text
from app.ui.notifications import announce
from app.ui.transcript.link_dialog import LinkDialog, UrlOpener
from app.ui.transcript.links import safe_link
from app.workers.job_thread import JobThread


class UpdateDialog(QDialog):
    """Never asks by itself, never fetches or installs anything."""

    def __init__(
        self,
        check: ReleaseCheck,
        parent: QWidget | None = None,
        opener: UrlOpener = QDesktopServices.openUrl,
        version: str = __version__,
    ) -> None:
        """`opener` shows a web page, `version` is the one that is running."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Check for updates"))
        self._check = check
        self._opener = opener
        self._version = version
        self._release: Release | None = None
        self._cancel = CancelToken()
        self._thread: JobThread[ReleaseCheck] | None = None
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.notes = QPlainTextEdit(self)
        self.notes.setProperty("kind", "field")
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName(self.tr("What is new"))
        self.ask_button = TextButton("primary", self)
        self.ask_button.setText(self.tr("Ask now"))
        self.page_button = TextButton("primary", self)
        self.page_button.setText(self.tr("Open its page…"))
        self.close_button = TextButton("", self)
        self.close_button.setText(self.tr("Close"))
        self._lay_out()
        self.ask_button.clicked.connect(self._on_ask_clicked)
        self.page_button.clicked.connect(self._on_page_clicked)
        self.close_button.clicked.connect(self.reject)
        self.begin()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.close_button, self.page_button, self.ask_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.text)
        layout.addWidget(self.notes, 1)
        layout.addLayout(buttons)
        self.setMinimumWidth(480)

    def begin(self) -> None:
        """Say what would be asked; nothing is sent yet."""
        self._release = None
        if self._check.is_locked:
            text = self.tr(
                "The offline lock is on, so Lumbre asks nobody. Switch it off on the page of "
                "models to look for a newer version."
            )
        else:
            text = self.tr(
                "Lumbre can look up whether there is a newer version than yours, {version}. It "
                "asks this address, once:\n\n{address}\n\nOnly the number of your version is "
                "sent, and as with every connection the other side sees your network address. "
                "Nothing is downloaded or installed."
            )
            text = text.replace("{version}", self._version)
            text = text.replace("{address}", self._check.address)
        self._show(text, can_ask=not self._check.is_locked)

    @Slot()
    def _on_ask_clicked(self) -> None:
        host = urlsplit(self._check.address).hostname or ""
        self._show(self.tr("Asking {host}…").replace("{host}", host), can_ask=False)
        if self._thread is None:
            check = self._check
            self._thread = JobThread("updates", lambda: check, parent=self)
            self._thread.start()
        self._cancel = cancel = CancelToken()
        self._thread.submit(lambda it: it.newest(cancel), self._on_answered, self._on_failed)

    def _on_answered(self, release: Release | None) -> None:
        self._release = release
        if release is None:
            text = self.tr("No version has been published there yet.")
        elif release.is_newer_than(self._version):
            text = self.tr("Version {new} is there ({date}). You have {version}.")
        else:
            text = self.tr("You have the newest version, {version}.")
        if release is not None:
            text = text.replace("{new}", release.version).replace("{date}", release.published)
        self._show(text.replace("{version}", self._version).replace(" ()", ""), can_ask=False)

    def _on_failed(self, error: LumbreError) -> None:
        if not isinstance(error, Cancelled):
            self._show(error_text(error), can_ask=not self._check.is_locked)

    def _show(self, text: str, *, can_ask: bool) -> None:
        self.text.setText(text)
        self.ask_button.setVisible(can_ask)
        notes = self._release.notes.strip() if self._release is not None else ""
        self.notes.setPlainText(notes)
        self.notes.setVisible(bool(notes))
        is_newer = self._release is not None and self._release.is_newer_than(self._version)
        self.page_button.setVisible(is_newer)
        for button in (self.ask_button, self.page_button):
            button.setDefault(button.isVisibleTo(self))
        announce(self.text, text)
        self.adjustSize()

    @Slot()
    def _on_page_clicked(self) -> None:
        link = safe_link(self._release.page_url) if self._release is not None else None
        if link is not None:
            LinkDialog(link, self._opener, self).open()

    def done(self, result: int) -> None:
        """Closed in whatever way: no longer ask."""
        self.stop()
        super().done(result)

    def stop(self) -> None:
        """Cancel what is asked and join the thread."""
        self._cancel.cancel()
        if self._thread is not None:
            self._thread.stop()
            self._thread.deleteLater()
            self._thread = None
