"""Temporary conversations: nothing of them reaches the disk, until one is kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.core.attachment import Attachment
from app.core.message import ReasoningEffort
from app.core.settings import Settings
from app.ui.answer_run import JOURNAL_MS
from app.ui.chat_events import Phase
from app.ui.shortcuts import CommandId
from tests.fixtures.scripted_engine import Pause, said, thought
from tests.ui.conftest import Chat, MakeChat
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]

MARKER = "xylophone4711"
ANSWER = (thought(f"thinking of {MARKER}"), said(f"I know the {MARKER}"))


def files_with_marker(folder: Path) -> list[Path]:
    """Files in `folder`, whatever their names, with the marker in any usual encoding."""
    needles = [MARKER.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and any(n in path.read_bytes() for n in needles)
    ]


def test_a_marker_is_found_in_the_files_of_an_ordinary_chat(make_chat: MakeChat) -> None:
    """The search below can fail: here it finds what it looks for."""
    chat = make_chat(ANSWER).start()
    chat.ask(f"Tell me of the {MARKER}")
    assert files_with_marker(chat.data_dir)


def test_nothing_of_a_temporary_chat_reaches_the_disk(
    make_window: MakeWindow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    window = make_window(ANSWER, (said(f"Again {MARKER}"), Pause()), ANSWER)
    chat, controller = window.chat, window.chat.controller
    window.act(CommandId.NEW_TEMPORARY)
    controller.set_instructions(f"Always say {MARKER}")
    window.ask_and_wait(f"Tell me of the {MARKER}")
    question, answer = chat.row(-2), chat.row(-1)
    assert MARKER in answer.text
    controller.rename_conversation(controller.current.id, f"About the {MARKER}")
    window.ask(f"Once more, {MARKER}")
    chat.wait_until(Phase.ANSWERING)
    chat.qtbot.waitUntil(lambda: MARKER in chat.row(-1).text)
    let_journal(chat)
    controller.stop()
    chat.wait_until(Phase.READY)
    controller.edit_message(question.id, f"Edited {MARKER}")
    chat.wait_until(Phase.READY)
    controller.show_version(chat.row(0).id, -1)
    controller.delete_message(answer.id)
    window.composer.edit.setPlainText(f"Draft of the {MARKER}")
    window.composer.attach(Attachment(f"In a file: {MARKER}", f"{MARKER}.txt"))
    controller.book.flush_draft()
    window.widget.sidebar.search_field.setText(MARKER)
    chat.drain()
    assert files_with_marker(chat.data_dir) == []
    assert {r.conversation_id for r in chat.engine.requests} == {None}
    controller.delete_conversation(controller.current.id)
    window.widget.close()
    chat.close()
    assert files_with_marker(chat.data_dir.parent) == []
    assert MARKER not in caplog.text
    assert MARKER not in repr(chat.saved)


def test_where_a_temporary_chat_was_read_is_forgotten(make_window: MakeWindow) -> None:
    window = make_window((said("A paragraph.\n\n" * 200),), ANSWER)
    window.act(CommandId.NEW_TEMPORARY)
    window.ask_and_wait("Hi")
    temporary = window.chat.controller.current.id
    transcript, places = window.widget.page.transcript, window.widget.page.places
    transcript.verticalScrollBar().setValue(0)
    window.act(CommandId.NEW_CHAT)
    assert places.of(temporary) is not None
    window.ask_and_wait("Ordinary")
    assert window.widget.close()
    assert places.of(temporary) is None


def let_journal(chat: Chat) -> None:
    """Return when an ordinary answer would have been journalled."""
    timer = QTimer(chat.controller)
    timer.setSingleShot(True)
    with chat.qtbot.waitSignal(timer.timeout):
        timer.start(2 * JOURNAL_MS)


def test_a_temporary_chat_can_be_left_and_found_again(make_chat: MakeChat) -> None:
    chat = make_chat(ANSWER, (said("kept"),)).start()
    chat.controller.new_temporary_conversation()
    chat.ask("Hi")
    temporary = chat.controller.current
    chat.controller.save_draft("half a thought")
    chat.controller.new_conversation()
    assert chat.shown == []
    assert not chat.controller.current.is_temporary
    chat.ask("Ordinary")
    chat.controller.open_conversation(temporary.id)
    assert chat.shown[0] == "Hi"
    assert chat.controller.current.draft == "half a thought"
    assert [s.is_temporary for s in chat.controller.book.listed] == [False, True]


def test_an_answer_goes_on_while_another_conversation_is_shown(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((said("Hel"), pause, said("lo"))).start()
    chat.controller.new_temporary_conversation()
    chat.controller.send("Hi", ReasoningEffort.LOW)
    chat.wait_until(Phase.ANSWERING)
    temporary = chat.controller.current.id
    chat.controller.new_conversation()
    pause.gate.set()
    chat.wait_until(Phase.READY)
    chat.controller.open_conversation(temporary)
    assert chat.shown == ["Hi", "Hello"]


def test_an_empty_temporary_chat_is_gone_when_it_is_left(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    chat.controller.new_temporary_conversation()
    empty = chat.controller.current.id
    chat.controller.new_conversation()
    chat.controller.open_conversation(empty)
    chat.drain()
    assert chat.controller.current.id != empty


def test_keeping_one_writes_all_of_it(make_chat: MakeChat) -> None:
    chat = make_chat(ANSWER, (said("and so on"),)).start()
    chat.controller.new_temporary_conversation()
    chat.ask(f"Tell me of the {MARKER}")
    chat.controller.keep_conversation()
    chat.drain()
    assert [m.text for m in chat.stored().active_path()] == chat.shown
    assert not chat.controller.current.is_temporary
    chat.ask("More")
    assert len(chat.stored().messages) == 4
    assert chat.engine.requests[-1].conversation_id == chat.controller.current.id


def test_keeping_one_keeps_its_draft_and_what_is_attached_to_it(make_chat: MakeChat) -> None:
    chat = make_chat(ANSWER).start()
    chat.controller.new_temporary_conversation()
    chat.ask("Hi")
    attached = (Attachment("text of a file", "notes.txt"),)
    chat.controller.save_draft("half a thought", attached)
    chat.controller.book.flush_draft()
    chat.controller.keep_conversation()
    kept = chat.controller.current
    chat.close()
    again = make_chat().start(loads=False)
    again.controller.open_conversation(kept.id)
    again.wait_for(lambda: again.controller.current.id == kept.id)
    assert again.controller.current.draft == "half a thought"
    assert again.controller.book.drafts.of(kept.id) == attached


def test_keeping_one_while_it_is_answered_keeps_the_answer(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((said("Hel"), pause, said("lo"))).start()
    chat.controller.new_temporary_conversation()
    chat.controller.send("Hi", ReasoningEffort.LOW)
    chat.wait_until(Phase.ANSWERING)
    chat.controller.keep_conversation()
    pause.gate.set()
    chat.wait_until(Phase.READY)
    chat.drain()
    assert [m.text for m in chat.stored().active_path()] == ["Hi", "Hello"]


def test_deleting_one_while_it_is_answered_raises_no_error(make_chat: MakeChat) -> None:
    chat = make_chat((said("Hel"), Pause())).start()
    chat.controller.new_temporary_conversation()
    chat.controller.send("Hi", ReasoningEffort.LOW)
    chat.wait_until(Phase.ANSWERING)
    gone = chat.controller.current.id
    chat.controller.delete_conversation(gone)
    chat.wait_until(Phase.READY)
    chat.drain()
    assert chat.errors == []
    chat.undos[-1]()
    assert chat.controller.current.id == gone
    assert chat.shown == ["Hi", "Hel"]


def long_chat(window: Window) -> None:
    window.act(CommandId.NEW_TEMPORARY)
    window.ask_and_wait("long " * 2000)


def answer(window: Window, text: str) -> None:
    box = window.widget.findChild(QMessageBox)
    assert box is not None
    next(b for b in box.findChildren(QPushButton) if b.text() == text).click()


@pytest.mark.parametrize(("text", "is_kept"), [("Keep it", True), ("Forget it", False)])
def test_a_long_one_is_not_thrown_away_without_asking(
    make_window: MakeWindow, text: str, is_kept: bool
) -> None:
    window = make_window(ANSWER)
    long_chat(window)
    assert not window.widget.close()
    answer(window, text)
    assert not window.widget.isVisible()
    window.chat.close()
    assert bool(files_with_marker(window.chat.data_dir)) is is_kept


def test_a_short_one_goes_without_a_question(make_window: MakeWindow) -> None:
    window = make_window(ANSWER)
    window.act(CommandId.NEW_TEMPORARY)
    window.ask_and_wait("short")
    assert window.widget.close()


def test_the_window_says_all_the_time_that_it_is_temporary(make_window: MakeWindow) -> None:
    window = make_window(ANSWER, settings=Settings())
    header = window.widget.page.header
    assert not header.says_temporary
    window.act(CommandId.NEW_TEMPORARY)
    assert header.says_temporary
    assert "Temporary chat" in window.label_texts()
    window.ask_and_wait("Hi")
    assert header.says_temporary
    header.keep_button.click()
    assert not header.says_temporary
    assert header.keep_button.isHidden()
