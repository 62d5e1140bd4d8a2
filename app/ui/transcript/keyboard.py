"""The keyboard in the transcript: by message, into its controls, by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from app.ui.transcript.controls import ControlKind
from app.ui.transcript.keyboard_focus import control_in
from app.ui.transcript.selection import Position, Selection

if TYPE_CHECKING:
    from app.ui.transcript.transcript_view import TranscriptView

_KEYBOARD_REASONS = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
}


class KeyboardHandler:
    """Up and Down go by message, Enter goes into its controls, Esc leaves."""

    def __init__(self, view: TranscriptView) -> None:
        self._view = view
        self.is_in_use = False  # False: the pointer is; then no focus mark is painted

    def focus_in(self, event: QFocusEvent) -> None:
        """The view has got the keyboard."""
        if event.reason() in _KEYBOARD_REASONS:
            self.is_in_use = True
            if self._view.keyboard_focus.row is None:
                self._go_to(len(self._view.conversation.items) - 1, scrolls=False)

    def pointer_used(self) -> None:
        """The pointer was pressed: no focus mark until a key is."""
        self.is_in_use = False

    def tab(self, *, forward: bool) -> bool:
        """Walk through the controls of the current message; False at either end."""
        focus = self._view.keyboard_focus
        if focus.row is None or not self._view.hasFocus():
            return False
        self.is_in_use = True
        if not focus.step(1 if forward else -1):
            focus.target = None
            return False
        self._shown()
        return True

    def press(self, event: QKeyEvent) -> bool:
        """Handle a key; False: it means nothing here."""
        if self._standard(event):
            return True
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = Qt.Key(event.key())
        is_shift = modifiers == Qt.KeyboardModifier.ShiftModifier
        if modifiers == Qt.KeyboardModifier.AltModifier:
            return self._version(key)
        if is_shift and key in _STEPS:
            self._select_by_message(_STEPS[key])
            return True
        is_plain = is_shift or modifiers == Qt.KeyboardModifier.NoModifier
        return is_plain and (self._move(key) or self._scroll(key))

    def _standard(self, event: QKeyEvent) -> bool:
        """The platform's own keys for copying, selecting all and finding."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._view.select_all()
        elif event.matches(QKeySequence.StandardKey.Find):
            self._view.open_find_bar()
        else:
            return False
        return True

    def _move(self, key: Qt.Key) -> bool:
        focus = self._view.keyboard_focus
        self.is_in_use = True
        if focus.row is None and key in {*_STEPS, *_ENTER}:
            self._go_to(len(self._view.conversation.items) - 1)
        elif key in _STEPS and focus.row is not None:
            self._go_to(focus.row + _STEPS[key])
        elif key in _ENTER or (key == Qt.Key.Key_Space and focus.target is not None):
            self._enter()
        elif key in _SIDEWAYS and focus.target is not None:
            focus.step(_SIDEWAYS[key])
            self._shown()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            return False
        return True

    def _scroll(self, key: Qt.Key) -> bool:
        view = self._view
        page = view.conversation.height * 0.9
        match key:
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                view.scroll_by(page)
            case Qt.Key.Key_PageUp:
                view.scroll_by(-page)
            case Qt.Key.Key_Home:
                self._go_to(0)
                view.scroll_by(-view.conversation.offset)
            case Qt.Key.Key_End:
                self._go_to(len(view.conversation.items) - 1, scrolls=False)
                view.scroll_to_end()
            case _:
                return False
        return True

    def _enter(self) -> None:
        focus = self._view.keyboard_focus
        if focus.row is None:
            return
        if focus.target is None:
            focus.step(1)
            self._shown()
        else:
            self._view.pressing.activate(focus.row, focus.target)

    def _escape(self) -> None:
        focus = self._view.keyboard_focus
        if focus.target is not None:
            focus.target = None
            self._shown()
        elif self._view.selection is not None and not self._view.selection.is_empty:
            self._view.set_selection(None)
        else:
            self._view.composer_requested.emit()

    def _version(self, key: Qt.Key) -> bool:
        """Alt+Left and Alt+Right: another version of the current, or the newest forked one."""
        kinds = {
            Qt.Key.Key_Left: ControlKind.PREVIOUS_VERSION,
            Qt.Key.Key_Right: ControlKind.NEXT_VERSION,
        }
        kind = kinds.get(key)
        if kind is None:
            return False
        items = self._view.conversation.items
        row = self._view.keyboard_focus.row
        if row is None or items[row].row.n_versions < 2:
            forked = [n for n, item in enumerate(items) if item.row.n_versions > 1]
            if not forked:
                return False
            row = forked[-1]
        control = control_in(items[row], kind)
        if control is not None and control.is_enabled:
            self._view.pressing.activate(row, kind)
        return True

    def _copy(self) -> None:
        """The selection; without one the message that has the focus."""
        focus = self._view.keyboard_focus
        if not self._view.copy_selection() and focus.row is not None and self.is_in_use:
            self._view.pressing.activate(focus.row, ControlKind.COPY)

    def _select_by_message(self, step: int) -> None:
        focus = self._view.keyboard_focus
        n = len(self._view.conversation.items)
        if n == 0:
            return
        self.is_in_use = True
        if focus.row is None:
            focus.set_row(n - 1)
        row = focus.row or 0
        selection = self._view.selection
        anchor = row if selection is None or selection.is_empty else selection.anchor.row
        if selection is not None and not selection.is_empty:
            row = min(max(row + step, 0), n - 1)
            self._go_to(row)
        first, last = Position(anchor, 0, 0, 0), Position(row, 2, 0, 0)
        if row < anchor:
            first, last = Position(anchor, 2, 0, 0), Position(row, 0, 0, 0)
        self._view.set_selection(Selection(first, last))

    def _go_to(self, row: int, *, scrolls: bool = True) -> None:
        focus = self._view.keyboard_focus
        focus.set_row(row)
        if focus.row is None:
            return
        if scrolls:
            self._view.bring_into_view(focus.row, None)
        self._shown()

    def _shown(self) -> None:
        focus = self._view.keyboard_focus
        if focus.row is not None and focus.target is not None:
            self._view.bring_into_view(focus.row, focus.target)
        self._view.focus_moved()


_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
