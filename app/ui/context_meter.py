"""How full the context is, and a warning before old messages leave the prompt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.core.attachment import CHARACTERS_PER_TOKEN, attachment_room
from app.ui.theme import current_colors

WARN_FRACTION = 0.8
_SHOW_FROM = 0.02  # of the context; less is not worth a sign
_SIZE = 24  # logical pixels


@dataclass(frozen=True, slots=True)
class ContextUse:
    """Tokens of the prompt that the next message would make."""

    n_used: int
    n_ctx: int  # 0: no model is loaded
    n_dropped: int = 0  # oldest messages that were left out of the last prompt
    n_draft: int = 0  # of `n_used`, the typed words that were not sent yet

    @property
    def fraction(self) -> float:
        """0..1, more when it does not fit."""
        return self.n_used / self.n_ctx if self.n_ctx else 0.0

    @property
    def is_tight(self) -> bool:
        """True when old messages will soon leave the prompt, or have left it."""
        return bool(self.n_dropped) or self.fraction >= WARN_FRACTION

    def with_draft(self, n_characters: int) -> ContextUse:
        """The same with an unsent text, estimated by its length."""
        n_draft = round(n_characters / CHARACTERS_PER_TOKEN)
        return replace(self, n_used=self.n_used + n_draft, n_draft=n_draft)

    def room_for_attachments(self) -> int:
        """Tokens that the attachments of the draft may take."""
        return attachment_room(self.n_ctx, self.n_draft)

    def with_attachments(self, n_tokens: int) -> ContextUse:
        """The same with what of the attachments will be read."""
        return replace(self, n_used=self.n_used + n_tokens)


class ContextMeter(QWidget):
    """A small ring that fills; its tooltip has the numbers. Hidden while there is no model."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._use = ContextUse(0, 0)
        self.setFixedSize(_SIZE, _SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    @property
    def use(self) -> ContextUse:
        """What is shown."""
        return self._use

    def set_use(self, use: ContextUse) -> None:
        """Show other numbers."""
        self._use = use
        self._retranslate()
        self.setVisible(use.fraction >= _SHOW_FROM)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_SIZE, _SIZE)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring, filled clockwise from the top."""
        colors = current_colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(5, 5, -5, -5)
        painter.setPen(QPen(QColor(colors.line), 3))
        painter.drawEllipse(ring)
        color = colors.warning if self._use.is_tight else colors.muted
        pen = QPen(QColor(color), 3)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        span = round(min(self._use.fraction, 1.0) * 360 * 16)
        painter.drawArc(ring, 90 * 16, -span)

    def _retranslate(self) -> None:
        locale = QLocale()
        numbers = self.tr("About {used} of {all} tokens of the context are used.")
        numbers = numbers.replace("{used}", locale.toString(self._use.n_used))
        numbers = numbers.replace("{all}", locale.toString(self._use.n_ctx))
        warning = self.warning()
        self.setToolTip(f"{numbers}\n{warning}" if warning else numbers)
        self.setAccessibleName(self.tr("Context"))
        self.setAccessibleDescription(self.toolTip())

    def warning(self) -> str:
        """What is going to happen to old messages, or has happened; empty: nothing."""
        if self._use.n_dropped:
            return self.tr(
                "The context is full: the oldest messages are no longer sent to the model. "
                "They stay on the screen."
            )
        if self._use.is_tight:
            return self.tr(
                "The context is almost full: soon the oldest messages will no longer be sent "
                "to the model. They stay on the screen."
            )
        return ""
