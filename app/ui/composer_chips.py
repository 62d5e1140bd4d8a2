"""Attached files and large pasted texts as chips over the field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget

from app.documents.attachment import Attachment
from app.ui.buttons import IconButton
from app.ui.icons import pixmap
from app.ui.theme import current_colors

_PREVIEW_CHARACTERS = 400
_NAME_CHARACTERS = 32


class AttachmentChip(QFrame):
    """One text: name, size, its beginning as a tooltip, and a button that removes it."""

    remove_requested = Signal()

    def __init__(self, attachment: Attachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.attachment = attachment
        self._picture = QLabel(self)
        self._label = QLabel(self)
        self._remove_button = IconButton("x", self)
        self._remove_button.clicked.connect(self.remove_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 2, 1)
        layout.setSpacing(6)
        layout.addWidget(self._picture)
        layout.addWidget(self._label)
        layout.addWidget(self._remove_button)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self._retranslate()

    def _retranslate(self) -> None:
        text, name = self.attachment.text, self.attachment.name
        n_bytes = len(text.encode("utf-8", "replace"))
        size = QLocale().formattedDataSize(n_bytes, 0, QLocale.DataSizeFormat.DataSizeSIFormat)
        shown = _shortened(name) if name else self.tr("Pasted text")
        self._label.setText(f"{shown} · {size}")
        if self.attachment.is_cut:
            cut = self.tr("only the beginning")
            self._label.setText(f"{self._label.text()} · {cut}")
        self._remove_button.name_it(
            self.tr("Remove {name}").replace("{name}", name)
            if name
            else self.tr("Remove the pasted text")
        )
        beginning = text[:_PREVIEW_CHARACTERS]
        self.setToolTip(f"{name}\n\n{beginning}" if name else beginning)
        self._picture.setPixmap(
            pixmap("file-text", current_colors().muted, 16, self.devicePixelRatioF())
        )


class ChipRow(QScrollArea):
    """The chips of one message in a row that scrolls; hidden when there is none."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._chips: list[AttachmentChip] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setObjectName("chipRow")
        body = QWidget(self)
        body.setObjectName("chipBody")
        self._line = QHBoxLayout(body)
        self._line.setContentsMargins(0, 0, 0, 2)
        self._line.addStretch(1)
        self.setWidget(body)
        self.hide()

    def attachments(self) -> tuple[Attachment, ...]:
        """What is attached, in the order in which it came."""
        return tuple(chip.attachment for chip in self._chips)

    def add(self, attachment: Attachment) -> None:
        """Show one more chip."""
        chip = AttachmentChip(attachment, self)
        chip.remove_requested.connect(self._on_remove_requested)
        self._chips.append(chip)
        self._line.insertWidget(len(self._chips) - 1, chip)
        chip.show()
        self._fit()
        self.changed.emit()

    def clear(self) -> None:
        """Remove all."""
        if self._chips:
            while self._chips:
                self._take(len(self._chips) - 1)
            self.changed.emit()

    def remove_at(self, index: int) -> None:
        """Take one away, 0-based.

        Raises:
            IndexError: there is no such chip.
        """
        self._take(index)
        self.changed.emit()

    def _take(self, index: int) -> None:
        chip = self._chips.pop(index)
        self._line.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self._fit()

    def _fit(self) -> None:
        self.setVisible(bool(self._chips))
        if self._chips:
            bar = self.horizontalScrollBar().sizeHint().height()
            self.setFixedHeight(self._chips[0].sizeHint().height() + bar)

    @Slot()
    def _on_remove_requested(self) -> None:
        chip = self.sender()
        if isinstance(chip, AttachmentChip):
            self.remove_at(self._chips.index(chip))


def _shortened(name: str) -> str:
    """A file's name with its middle left out when it is long."""
    if len(name) <= _NAME_CHARACTERS:
        return name
    half = _NAME_CHARACTERS // 2
    return f"{name[:half]}…{name[-half:]}"
