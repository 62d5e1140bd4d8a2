"""Buttons with icons that follow the theme."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from app.ui.icons import icon
from app.ui.theme import current_colors

ICON_SIZE = 18  # logical pixels
MIN_TARGET = 30  # logical pixels; WCAG 2.5.8 asks for 24


class IconButton(QToolButton):
    """A flat button; its name for screen readers and its tooltip are set with `name_it`."""

    def __init__(
        self, icon_name: str, parent: QWidget | None = None, *, color_role: str = "text"
    ) -> None:
        """`color_role` is a field of `Colors`."""
        super().__init__(parent)
        self._icon_name = icon_name
        self._color_role = color_role
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setMinimumSize(MIN_TARGET, MIN_TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._repaint_icon()

    def set_label(self, text: str) -> None:
        """Show `text` beside the icon; Qt's own gap between them is too narrow."""
        self.setText(f"\u2002{text}" if text else "")

    def name_it(self, name: str, hint: str = "") -> None:
        """Name for screen readers and tooltip; `hint` (a shortcut, a reason) follows it."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({hint})" if hint else name)

    def set_icon_name(self, icon_name: str) -> None:
        """Show another icon."""
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            self._repaint_icon()

    def set_color_role(self, color_role: str) -> None:
        """Paint the icon in another colour of the theme."""
        if color_role != self._color_role:
            self._color_role = color_role
            self._repaint_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Take the icon's colour from the theme in force."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}:
            self._repaint_icon()

    def _repaint_icon(self) -> None:
        colors = current_colors()
        self.setIcon(icon(self._icon_name, getattr(colors, self._color_role), colors.muted))


class TextButton(QPushButton):
    """A push button of a kind of the style sheet: "primary", "quiet", "card" or plain."""

    def __init__(
        self,
        kind: str = "",
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        color_role: str = "text",
    ) -> None:
        """`icon_name` empty: no icon; `color_role` is a field of `Colors`."""
        super().__init__(parent)
        self.setProperty("kind", kind)
        self._icon_name = icon_name
        self._color_role = color_role
        self._repaint_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Take the icon's colour from the theme in force."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}:
            self._repaint_icon()

    def setText(self, text: str) -> None:
        """Show `text` beside the icon; Qt's own gap between them is too narrow."""
        super().setText(f"\u2002{text}" if text and self._icon_name else text)
        self.setAccessibleName(text)

    def _repaint_icon(self) -> None:
        if self._icon_name:
            colors = current_colors()
            color = getattr(colors, self._color_role)
            self.setIcon(icon(self._icon_name, color, colors.muted))
