"""Code in a box. Long code is several parts that look like one box."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTextCursor, QTextDocument

from app.ui.transcript.block import Block, BlockAction, BlockControl, BlockPaint, Scope
from app.ui.transcript.block_spec import BlockSpec
from app.ui.transcript.documents import DocumentPaint, InertDocument, code_document, draw, hit
from app.ui.transcript.highlight import Lexed, apply_spans, lex
from app.ui.transcript.icons import Icon, paint_icon
from app.ui.transcript.side_scroll import BAR_PX, SideScroll, paint_bar
from app.ui.transcript.style import Look
from app.ui.transcript.visible_text import FIRST_FOREIGN, MAX_RUN, code_line_shown

_HEADER_PX = 32.0
_PADDING_X_PX = 14.0
_PADDING_Y_PX = 10.0
_RADIUS_PX = 8.0
_BUTTON_PX = 26.0  # height; WCAG 2.5.8 asks for 24


class CodeShape:
    """What the parts of one code block share."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.scroll = SideScroll()
        self.wraps = False
        self._parts: dict[int, BlockSpec] = {}
        self._shown: dict[int, str] = {}
        self._lexed: dict[int, Lexed] = {}
        self._dropped: set[int] = set()  # parts of which only the state is kept
        self._grown: tuple[int, Lexed] | None = None  # the last part before it grew

    def set_part(self, spec: BlockSpec) -> None:
        """Take the newest version of a part; what depends on it is forgotten."""
        if self._parts.get(spec.part) == spec:
            return
        old = self._parts.get(spec.part)
        self._parts[spec.part] = spec
        if old is None or old.code != spec.code:
            is_open = spec.is_last_part  # a settled part is lexed once as a whole
            has_grown = is_open and old is not None and spec.code.startswith(old.code)
            lexed = self._lexed.get(spec.part)
            self._grown = (spec.part, lexed) if has_grown and lexed is not None else None
            self._shown.pop(spec.part, None)
            for part in [p for p in self._lexed if p >= spec.part]:
                self._lexed.pop(part, None)

    def forget_spans(self, part: int) -> None:
        """The part is not painted now: keep only the lexer's state after it."""
        lexed = self._lexed.get(part)
        if lexed is not None and part != max(self._lexed):
            self._lexed[part] = Lexed((), lexed.stack)
            self._dropped.add(part)

    def finish(self) -> None:
        """No more code comes: what was lexed while it grew is lexed once as a whole."""
        self._grown = None
        if self._lexed:
            del self._lexed[max(self._lexed)]

    def shown(self, part: int) -> str:
        """The text of a part as it is painted: nothing hidden, no endless line."""
        if part not in self._shown:
            lines = self._parts[part].code.split("\n")
            self._shown[part] = "\n".join(_broken(code_line_shown(line)) for line in lines)
        return self._shown[part]

    def lexed(self, part: int) -> Lexed:
        """Highlighting of a part; the parts before it are lexed when that is still to do."""
        if part in self._dropped:
            self._dropped.discard(part)
            self._lexed.pop(part, None)
        if part not in self._lexed:
            first = part
            while first > 0 and first - 1 not in self._lexed and first - 1 in self._parts:
                first -= 1
            for n in range(first, part + 1):
                stack = self._lexed[n - 1].stack if n - 1 in self._lexed else ("root",)
                grown = self._grown[1] if self._grown and self._grown[0] == n else None
                self._lexed[n] = lex(self.shown(n), self.language, stack, grown)
        return self._lexed[part]

    def code(self) -> str:
        """The whole code, exactly as the model wrote it."""
        text = ""
        for _, spec in sorted(self._parts.items()):
            text += spec.code
            if spec.is_last_part:
                break
            text += "\n" if spec.ends_line else ""
        return text


class CodeBlock(Block):
    """One part of a code block; the first carries the header, the last the lower edge."""

    def __init__(self, spec: BlockSpec, shape: CodeShape) -> None:
        super().__init__(spec)
        self.shape = shape
        shape.set_part(spec)
        self._document: InertDocument | None = None
        self._is_colored = False
        self._colored_to = 0  # characters before this one have their colours

    def estimate(self, width: float, look: Look) -> float:
        """Its lines."""
        top, bottom = self._edges(look)
        return (1 + self.text().count("\n")) * look.style.code_line_px + top + bottom

    def measure(self, width: float, scope: Scope) -> float:
        """Lay out the lines."""
        padding = scope.look.style.px(_PADDING_X_PX)
        document = self._laid_out(width, scope)
        scroll = self.shape.scroll
        if not self.shape.wraps:
            scroll.content = max(scroll.content, document.idealWidth())
        scroll.set_window(width - 2 * padding)
        top, bottom = self._edges(scope.look)
        self.width = width
        self.height = document.size().height() + top + bottom
        self.is_stale = False
        return self.height

    def paint(self, paint: BlockPaint, scope: Scope) -> None:
        """The box, the header of the first part, the code."""
        painter, style = paint.painter, scope.look.style
        self._paint_box(painter, scope)
        if self.spec.part == 0:
            self._paint_header(paint, scope)
        top, _ = self._edges(scope.look)
        padding = style.px(_PADDING_X_PX)
        painter.save()
        painter.setClipRect(
            QRectF(padding - 2, 0, self.width - 2 * padding + 4, self.height),
            Qt.ClipOperation.IntersectClip,
        )
        x = padding - self._scrolled()
        painter.translate(x, top)
        document = self._laid_out(self.width, scope)
        self._color(document, scope)
        color = scope.look.palette.text
        draw(
            painter,
            document,
            DocumentPaint(paint.clip.translated(-x, -top), color, paint.marks),
        )
        painter.restore()
        if self.spec.is_last_part:
            paint_bar(painter, self.scroll_bar(scope), self.shape.scroll, scope.look.palette)

    def text(self) -> str:
        """The lines as they are painted."""
        return self.shape.shown(self.spec.part)

    def position_at(self, point: QPointF, scope: Scope) -> int:
        """The nearest position."""
        top, _ = self._edges(scope.look)
        x = scope.look.style.px(_PADDING_X_PX) - self._scrolled()
        return hit(self._laid_out(self.width, scope), point - QPointF(x, top))

    def controls(self, scope: Scope) -> list[BlockControl]:
        """Copy and line wrapping, on the first part."""
        if self.spec.part != 0:
            return []
        style = scope.look.style
        size, gap = style.px(_BUTTON_PX), style.px(4)
        y = (style.px(_HEADER_PX) - size) / 2
        copy_width = style.advance(_copied_label(), style.label_font()) + size + style.px(8)
        copy = QRectF(self.width - copy_width - gap, y, copy_width, size)
        wrap = QRectF(copy.x() - size - gap, y, size, size)
        return [
            BlockControl(BlockAction.TOGGLE_WRAP, wrap, self.shape.wraps),
            BlockControl(BlockAction.COPY_CODE, copy),
        ]

    def update(self, spec: BlockSpec) -> None:
        """Append what has come; only a changed beginning needs a new document."""
        old, self.spec = self.text(), spec
        self.shape.set_part(spec)
        self.is_stale = True
        new = self.text()
        document = self._document
        if document is None or not new.startswith(old):
            self.release()
        elif added := new[len(old) :]:
            _append(document, added)
            self._is_colored = False

    def finish(self) -> None:
        """No more code comes."""
        self.shape.finish()
        self._is_colored, self._colored_to = False, 0

    def release(self) -> None:
        """Drop the document and its colours."""
        if self._document is not None:
            self.shape.forget_spans(self.spec.part)
        self._document = None
        self._is_colored = False
        self._colored_to = 0

    def documents(self) -> Sequence[QTextDocument]:
        """The document when there is one."""
        return (self._document,) if self._document is not None else ()

    def first_baseline(self) -> float | None:
        """A marker stands beside the header's label."""
        return None

    def scroll_by(self, dx: float) -> bool:
        """Scroll all parts sideways."""
        return not self.shape.wraps and self.shape.scroll.scroll_by(dx)

    def overflow(self) -> float:
        """How much is hidden at the side."""
        return 0.0 if self.shape.wraps else self.shape.scroll.overflow

    def scroll_bar(self, scope: Scope) -> QRectF:
        """Along the lower edge of the last part."""
        if not self.overflow() or not self.spec.is_last_part:
            return QRectF()
        style = scope.look.style
        bar, padding = style.px(BAR_PX), style.px(_PADDING_X_PX)
        return QRectF(padding, self.height - bar - 2, self.width - 2 * padding, bar)

    def _scrolled(self) -> float:
        return 0.0 if self.shape.wraps else self.shape.scroll.x

    def _edges(self, look: Look) -> tuple[float, float]:
        """Heights above and below the lines."""
        style = look.style
        top = style.px(_HEADER_PX) if self.spec.part == 0 else 0.0
        bottom = style.px(_PADDING_Y_PX) if self.spec.is_last_part else 0.0
        return top, bottom

    def _laid_out(self, width: float, scope: Scope) -> InertDocument:
        wraps = self.shape.wraps
        if self._document is None:
            self._document = code_document(self.text(), scope.look, wraps=wraps)
        padding = scope.look.style.px(_PADDING_X_PX)
        text_width = max(width - 2 * padding, 1) if wraps else -1
        if self._document.textWidth() != text_width:
            self._document.setTextWidth(text_width)
        return self._document

    def _color(self, document: InertDocument, scope: Scope) -> None:
        if self._is_colored or not self.spec.language:
            return
        lexed = self.shape.lexed(self.spec.part)
        colors = scope.look.palette.syntax
        apply_spans(document, self.text(), lexed.spans, colors, self._colored_to)
        self._is_colored, self._colored_to = True, lexed.safe

    def _paint_box(self, painter: QPainter, scope: Scope) -> None:
        palette, radius = scope.look.palette, scope.look.style.px(_RADIUS_PX)
        box = QRectF(0.5, 0.5, self.width - 1, self.height - 1)
        if self.spec.part > 0:
            box.setTop(-2 * radius)
        if not self.spec.is_last_part:
            box.setBottom(self.height + 2 * radius)
        painter.save()
        painter.setClipRect(
            QRectF(0, 0, self.width, self.height), Qt.ClipOperation.IntersectClip
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(palette.line, 1))
        painter.setBrush(palette.code_ground)
        painter.drawRoundedRect(box, radius, radius)
        painter.restore()

    def _paint_header(self, paint: BlockPaint, scope: Scope) -> None:
        painter, style, palette = paint.painter, scope.look.style, scope.look.palette
        height = style.px(_HEADER_PX)
        painter.setFont(style.label_font())
        painter.setPen(palette.muted)
        label = self.spec.language or QCoreApplication.translate("transcript", "text")
        box = QRectF(style.px(_PADDING_X_PX), 0, self.width / 2, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, label)
        for control in self.controls(scope):
            is_hot = control.action in {paint.hovered, paint.focused}
            is_copy = control.action is BlockAction.COPY_CODE
            is_done = is_copy and paint.done is BlockAction.COPY_CODE
            _paint_button(painter, control, scope, is_hot=is_hot, is_done=is_done)
            if paint.focused is control.action:
                painter.setPen(QPen(palette.focus, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(control.rect, 5, 5)


def _paint_button(
    painter: QPainter, control: BlockControl, scope: Scope, *, is_hot: bool, is_done: bool
) -> None:
    style, palette = scope.look.style, scope.look.palette
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if is_hot or control.is_checked:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.hover)
        painter.drawRoundedRect(control.rect, 5, 5)
    color = palette.text if is_hot or control.is_checked else palette.muted
    side = style.px(15)
    is_copy = control.action is BlockAction.COPY_CODE
    icon_x = control.rect.x() + (style.px(6) if is_copy else (control.rect.width() - side) / 2)
    at = QRectF(icon_x, control.rect.center().y() - side / 2, side, side)
    icon = (Icon.CHECK if is_done else Icon.COPY) if is_copy else Icon.WRAP
    paint_icon(painter, icon, at, color)
    if is_copy:
        painter.setPen(color)
        painter.setFont(style.label_font())
        label = _copied_label() if is_done else QCoreApplication.translate("transcript", "Copy")
        box = control.rect.adjusted(side + style.px(11), 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, label)
    painter.restore()


def _copied_label() -> str:
    return QCoreApplication.translate("transcript", "Copied")


def _append(document: QTextDocument, text: str) -> None:
    cursor = QTextCursor(document)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText(text)


def _broken(line: str) -> str:
    """Endless lines are painted in pieces, shorter ones where signs are slow to shape."""
    size = MAX_RUN if line.isascii() or max(line) < FIRST_FOREIGN else MAX_RUN // 4
    if len(line) <= size:
        return line
    return "\n".join(line[i : i + size] for i in range(0, len(line), size))
