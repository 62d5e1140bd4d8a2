"""Large pasted texts as chips over the field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.buttons import IconButton
from app.ui.icons import pixmap
from app.ui.theme import current_colors

_PREVIEW_CHARACTERS = 400


class TextChip(QFrame):
    """One pasted text: its size, its beginning as a tooltip, and a button that removes it."""

    remove_requested = Signal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.text = text
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
        self.setToolTip(text[:_PREVIEW_CHARACTERS])
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow language and theme."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.LanguageChange, QEvent.Type.PaletteChange}:
            self._retranslate()

    def _retranslate(self) -> None:
        size = QLocale().formattedDataSize(
            len(self.text.encode("utf-8", "replace")),
            0,
            QLocale.DataSizeFormat.DataSizeSIFormat,
        )
        self._label.setText(self.tr("Pasted text · {size}").replace("{size}", size))
        self._remove_button.name_it(self.tr("Remove the pasted text"))
        self._picture.setPixmap(
            pixmap("file-text", current_colors().muted, 16, self.devicePixelRatioF())
        )


class ChipRow(QWidget):
    """The chips of one message; hidden when there is none."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._chips: list[TextChip] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 2)
        self._line.addStretch(1)
        self.hide()

    def texts(self) -> tuple[str, ...]:
        """The texts, in the order in which they were pasted."""
        return tuple(chip.text for chip in self._chips)

    def add_text(self, text: str) -> None:
        """Show one more chip."""
        chip = TextChip(text, self)
        chip.remove_requested.connect(self._on_remove_requested)
        self._chips.append(chip)
        self._line.insertWidget(len(self._chips) - 1, chip)
        self.show()
        self.changed.emit()

    def clear(self) -> None:
        """Remove all."""
        if not self._chips:
            return
        for chip in self._chips:
            self._line.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips.clear()
        self.hide()
        self.changed.emit()

    def remove_at(self, index: int) -> None:
        """Take one text away, 0-based.

        Raises:
            IndexError: there is no such chip.
        """
        chip = self._chips.pop(index)
        self._line.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.setVisible(bool(self._chips))
        self.changed.emit()

    @Slot()
    def _on_remove_requested(self) -> None:
        chip = self.sender()
        if isinstance(chip, TextChip):
            self.remove_at(self._chips.index(chip))
