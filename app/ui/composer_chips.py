"""Attached files and large pasted texts as chips over the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QWidget

from app.core.attachment import Attachment
from app.ui.attachment_words import ICONS, chip_label, full_name, shortened
from app.ui.buttons import IconButton, TextButton
from app.ui.transcript.visible_text import made_visible
from app.workers.typed_signal import signal_of

MOST_CHIPS = 20  # of one message
_PREVIEW_CHARACTERS = 400
_REMOVING_KEYS = {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}


@dataclass(frozen=True, slots=True)
class AttachmentOpened:
    """The person wants to look at an attachment."""

    attachment: Attachment


class AttachmentChip(QFrame):
    """One text: name and length open it, the cross or Delete removes it."""

    opened = signal_of(AttachmentOpened)
    remove_requested = Signal()

    def __init__(self, attachment: Attachment, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self._attachment = attachment
        self.open_button = TextButton("chip", self, icon_name=ICONS[attachment.kind])
        self.open_button.setAutoDefault(False)
        self.remove_button = IconButton("x", self)
        self.open_button.clicked.connect(self._on_clicked)
        self.remove_button.clicked.connect(self.remove_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 1, 2, 1)
        layout.setSpacing(0)
        layout.addWidget(self.open_button)
        layout.addWidget(self.remove_button)
        self._retranslate()

    @property
    def attachment(self) -> Attachment:
        """What it stands for."""
        return self._attachment

    def set_attachment(self, attachment: Attachment) -> None:
        """The same text, with more known of it."""
        self._attachment = attachment
        self._retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete removes; the buttons hand on what they do not use."""
        if event.key() in _REMOVING_KEYS:
            self.remove_requested.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._on_clicked()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        name = made_visible(full_name(self._attachment))
        label = made_visible(chip_label(self._attachment))
        self.open_button.setText(label.replace("&", "&&"))
        self.open_button.setAccessibleName(label)
        self.open_button.setAccessibleDescription(self.tr("Attachment. Press to read it."))
        beginning = made_visible(self._attachment.text[:_PREVIEW_CHARACTERS])
        # Rich text is guessed from what looks like a tag: a tooltip is never to be that.
        self.open_button.setToolTip(f"{name}\n\n{beginning}".replace("<", "\u2039"))
        self.remove_button.name_it(self.tr("Remove {name}").replace("{name}", name))

    @Slot()
    def _on_clicked(self) -> None:
        self.opened.emit(AttachmentOpened(self._attachment))


class ReadingChip(QFrame):
    """A file that is being read: it becomes a chip, or a sentence that says why not."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.name = made_visible(" ".join(name.split()))
        self._label = QLabel(self)
        self._label.setProperty("kind", "muted")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 7, 10, 7)
        layout.addWidget(self._label)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        text = self.tr("Reading {name}…").replace("{name}", shortened(self.name))
        self._label.setText(text)
        self.setAccessibleName(text)


class ChipRow(QScrollArea):
    """The chips of one message in a row that scrolls; hidden when there is none."""

    changed = Signal()
    opened = signal_of(AttachmentOpened)
    emptied = Signal()  # the last chip was removed by the person

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._chips: list[AttachmentChip] = []
        self._reading: dict[int, ReadingChip] = {}  # by a number of its own
        self._n_begun = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setObjectName("chipRow")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalScrollBar().rangeChanged.connect(self._fit)
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

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """The chips, from left to right."""
        return tuple(self._chips)

    @property
    def names_being_read(self) -> tuple[str, ...]:
        """Files whose chips are still to come."""
        return tuple(chip.name for chip in self._reading.values())

    def begin_reading(self, name: str) -> int:
        """Show that a file is being read; a number for `end_reading`.

        A number, because it goes through another thread, where no widget may be let go.
        """
        chip = ReadingChip(name, self)
        self._n_begun += 1
        self._reading[self._n_begun] = chip
        self._line.insertWidget(self._line.count() - 1, chip, 0, Qt.AlignmentFlag.AlignTop)
        chip.show()
        self._fit()
        self.changed.emit()
        return self._n_begun

    def end_reading(self, number: int) -> None:
        """It was read, or cannot be."""
        self._drop(self._reading.pop(number))
        self._fit()
        self.changed.emit()

    def add(self, attachment: Attachment) -> bool:
        """Show one more chip; False when there are `MOST_CHIPS` already."""
        if len(self._chips) >= MOST_CHIPS:
            return False
        self._append(attachment)
        self._fit()
        self.changed.emit()
        return True

    def set_attachments(self, attachments: Iterable[Attachment]) -> None:
        """Show these instead of what was there."""
        before = self.attachments()
        wanted = tuple(attachments)
        if wanted == before:
            return
        while self._chips:
            self._take(len(self._chips) - 1)
        for attachment in wanted:
            self._append(attachment)
        self._fit()
        self.changed.emit()

    def take_count(self, text: str, n_tokens: int) -> None:
        """The tokens of this text are known now."""
        for chip in self._chips:
            known = chip.attachment
            if known.n_tokens is None and known.text == text:
                chip.set_attachment(replace(known, n_tokens=n_tokens))
                self.changed.emit()

    def clear(self) -> None:
        """Remove all."""
        self.set_attachments(())

    def remove_at(self, index: int) -> None:
        """Take one away, 0-based; the focus goes to the next one, else `emptied`.

        Raises:
            IndexError: there is no such chip.
        """
        self._take(index)
        self._fit()
        self.changed.emit()
        if self._chips:
            following = self._chips[min(index, len(self._chips) - 1)]
            following.open_button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.emptied.emit()

    def _append(self, attachment: Attachment) -> None:
        chip = AttachmentChip(attachment, self)
        chip.remove_requested.connect(self._on_remove_requested)
        chip.opened.connect(self.opened.emit)
        self._chips.append(chip)
        self._line.insertWidget(len(self._chips) - 1, chip, 0, Qt.AlignmentFlag.AlignTop)
        chip.show()

    def _take(self, index: int) -> None:
        self._drop(self._chips.pop(index))

    def _drop(self, chip: QFrame) -> None:
        self._line.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    @Slot()
    def _fit(self) -> None:
        """As high as a chip, and the scroll bar where there is one."""
        chips: list[QFrame] = [*self._chips, *self._reading.values()]
        self.setVisible(bool(chips))
        if chips:
            bar = self.horizontalScrollBar()
            margins = self._line.contentsMargins()
            height = max(c.sizeHint().height() for c in chips)
            height += margins.top() + margins.bottom()
            if bar.maximum() > bar.minimum():
                height += bar.sizeHint().height()
            self.setFixedHeight(height)

    @Slot()
    def _on_remove_requested(self) -> None:
        chip = self.sender()
        if isinstance(chip, AttachmentChip):
            self.remove_at(self._chips.index(chip))
