"""A transcript on the screen, with all that it sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.message import Channel, MessageId
from app.ui.models.path_model import PathModel
from app.ui.transcript.actions import MessageAction
from app.ui.transcript.controls import AttachmentTarget, ControlKind
from app.ui.transcript.keyboard_focus import Target
from app.ui.transcript.palette import TranscriptPalette
from app.ui.transcript.transcript_view import TranscriptView


@dataclass
class Rig:
    """A view of 800 x 600 with its model."""

    qtbot: QtBot
    model: PathModel
    view: TranscriptView
    actions: list[MessageAction] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    n_left: int = 0  # how often Esc asked for the composer

    def say(self, name: str, text: str, channel: Channel = Channel.FINAL) -> None:
        """Let the model send text, and draw it."""
        self.model.append_delta(MessageId(name), channel, text)
        self.draw()

    def draw(self) -> None:
        """Paint now."""
        self.view.flush()
        self.view.viewport().repaint()

    def click(self, row: int, target: Target) -> None:
        """Press a control with the mouse."""
        self.view.bring_into_view(row, target)
        self.draw()
        point = self.view.pressing.target_rect(row, target).center().toPoint()
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=point)

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press a key in whatever has the focus."""
        QTest.keyClick(QApplication.focusWidget() or self.view, key, modifier)

    def drag(self, start: QPointF, end: QPointF) -> None:
        """Select with the mouse."""
        viewport = self.view.viewport()
        button = Qt.MouseButton.LeftButton
        QTest.mousePress(viewport, button, pos=start.toPoint())
        middle = ((start + end) / 2).toPoint()
        for point in (middle, end.toPoint()):
            _move(self.view, point)
        QTest.mouseRelease(viewport, button, pos=end.toPoint())

    def controls(self, row: int) -> set[ControlKind | AttachmentTarget]:
        """Kinds of controls a message has now."""
        from app.ui.transcript.message_controls import controls_of

        return {c.kind for c in controls_of(self.view.item(row)) if c.is_enabled}

    def settle(self) -> None:
        """Wait until every formula on the screen is typeset or given up."""
        self.qtbot.waitUntil(lambda: self.view.n_formulas_waiting == 0, timeout=20_000)
        self.draw()

    def take_focus(self) -> None:
        """Come to the transcript with the Tab key."""
        self.view.clearFocus()
        self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def seen_block(self, y: float) -> tuple[int, int, int]:
        """Row, section and number of the block at `y` from the window's top, or the next."""
        view = self.view
        for row in view.conversation.visible(y, view.conversation.height):
            item = view.item(row)
            for section, _, top in item.sections():
                number = 0 if section is item.thinking else 1
                for n in range(len(section.blocks)):
                    if view.block_rect(row, number, n).bottom() > y:
                        return row, number, n
                del top
        raise AssertionError("nothing is there")

    def block_y(self, row: int, block: int) -> float:
        """Where a block of a message's text is, from the window's top."""
        return self.view.block_rect(row, 1, block).top()


def _move(view: TranscriptView, point: QPoint) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(view.viewport().mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view.viewport(), event)


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    """A shown transcript that is shut down afterwards."""
    model = PathModel()
    opened: list[str] = []

    def open_url(url: QUrl) -> None:
        opened.append(url.toString())

    view = TranscriptView(model, TranscriptPalette.light(), opener=open_url)
    font = view.font()
    if "DejaVu Sans" in QFontDatabase.families():
        font.setFamilies(["DejaVu Sans"])
        view.setFont(font)
    qtbot.addWidget(view)
    made = Rig(qtbot, model, view, opened=opened)
    view.action_requested.connect(made.actions.append)

    def left() -> None:
        made.n_left += 1

    view.composer_requested.connect(left)
    view.resize(800, 600)
    with qtbot.waitExposed(view):
        view.show()
    yield made
    view.shutdown()
