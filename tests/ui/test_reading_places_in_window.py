"""The window opens conversations where they were read, also after a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.core.message import ConversationId
from app.ui.main_window import MainWindow
from app.ui.shortcuts import CommandId
from app.ui.transcript.reading_places import ReadingPlaces
from app.ui.transcript.transcript_view import TranscriptView
from tests.fixtures.scripted_engine import said
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

TEXT = "\n\n".join(f"Paragraph {n}: " + "some words of an answer " * (n % 9) for n in range(80))
LONG = (said(TEXT),)


def first_line(view: TranscriptView) -> tuple[str, float]:
    """What stands at the top of the window, and how high."""
    conversation = view.conversation
    for row in conversation.visible(0, conversation.height):
        for number, (section, _, _) in enumerate(view.item(row).sections()):
            for n, block in enumerate(section.blocks):
                rect = view.block_rect(row, 1 if number == 0 else number, n)
                if rect.bottom() > 0:
                    return block.text(), rect.top()
    raise AssertionError("nothing is shown")


def open_conversation(window: Window, conversation_id: ConversationId) -> None:
    controller = window.chat.controller
    with window.qtbot.waitSignal(controller.conversation_opened):
        controller.open_conversation(conversation_id)


def test_switching_back_and_starting_again_show_what_was_read(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(LONG, LONG)
    window.ask_and_wait("The first?")
    first = window.chat.controller.current.id
    window.act(CommandId.NEW_CHAT)
    window.ask_and_wait("The second?")
    open_conversation(window, first)
    view = window.widget.page.transcript
    view.scroll_to_row(1)
    view.scroll_by(437)
    view.viewport().repaint()
    before = first_line(view)
    window.act(CommandId.NEW_CHAT)
    open_conversation(window, first)
    view.viewport().repaint()
    text, y = first_line(view)
    assert text == before[0]
    assert y == pytest.approx(before[1], abs=1)

    path = tmp_path / "places.json"
    places = ReadingPlaces(path)
    place = view.reading_place()
    places.put(first, place)
    places.save({first})
    window.act(CommandId.NEW_CHAT)
    window.widget.close()
    services = replace(window.chat.services, places=ReadingPlaces(path))
    again = MainWindow(window.chat.controller, window.theme, services)
    window.qtbot.addWidget(again)
    again.resize(1000, 700)
    again.show()
    open_conversation(window, first)
    again.page.transcript.viewport().repaint()
    text, y = first_line(again.page.transcript)
    assert text == before[0]
    assert y == pytest.approx(before[1], abs=1)
    again.close()
    assert ReadingPlaces(path).of(first) is not None
