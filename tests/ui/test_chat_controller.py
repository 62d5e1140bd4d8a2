"""What a person can do in a chat, with the real store and real threads."""

from __future__ import annotations

import pytest

from app.core.conversation import ConversationStore
from app.core.errors import StorageError
from app.core.harmony import OpenAnswer
from app.core.message import Channel, FinishReason, MessageState, ReasoningEffort, Role
from app.core.settings import Settings
from app.storage.conversation_store import open_store
from app.ui.chat_events import Phase
from tests.fixtures.scripted_engine import HELLO, Abort, Fail, Pause, said, thought
from tests.ui.conftest import MakeChat

LOW, HIGH = ReasoningEffort.LOW, ReasoningEffort.HIGH


def test_a_question_is_answered_shown_and_stored(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("Hi", HIGH)
    assert chat.shown == ["Hi", "Hello there."]
    answer = chat.row(-1)
    assert (answer.thinking, answer.reasoning) == ("A greeting.", HIGH)
    assert answer.finish_reason is FinishReason.STOP
    assert answer.stats is not None and answer.stats.n_final == 2
    stored = chat.stored()
    assert [m.text for m in stored.active_path()] == ["Hi", "Hello there."]
    assert stored.summary.title == "Hi"
    assert stored.active_path()[-1] == answer


def test_the_question_is_on_disk_before_the_engine_is_asked(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((thought("hm"), pause, said("ok"))).start()
    chat.controller.send("Important", LOW)
    chat.wait_for(lambda: bool(chat.engine.requests))
    assert next(m.text for m in chat.stored().messages.values()) == "Important"
    pause.gate.set()
    chat.wait_until(Phase.READY)


def test_the_running_answer_is_journalled_while_it_is_written(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((thought("Let me see."), said("So far"), pause, said(" so good"))).start()
    chat.controller.send("?", LOW)
    chat.wait_until(Phase.ANSWERING)

    def is_journalled() -> bool:
        answers = [m for m in chat.stored().messages.values() if m.is_answer]
        return bool(answers) and answers[0].text == "So far"

    chat.wait_for(is_journalled)
    answer = next(m for m in chat.stored().messages.values() if m.is_answer)
    assert (answer.state, answer.thinking) == (MessageState.STREAMING, "Let me see.")
    pause.gate.set()
    chat.wait_until(Phase.READY)


def test_stop_keeps_what_has_come_and_continue_goes_on_from_it(make_chat: MakeChat) -> None:
    chat = make_chat((thought("hm"), said("Hel"), Pause()), (said("lo"),)).start()
    chat.controller.send("?", LOW)
    chat.wait_until(Phase.ANSWERING)
    chat.controller.stop()
    chat.wait_until(Phase.READY)
    assert chat.shown == ["?", "Hel"]
    assert chat.row(-1).finish_reason is FinishReason.CANCELLED
    chat.controller.continue_answer(chat.row(-1).id)
    chat.wait_until(Phase.READY)
    chat.drain()
    assert chat.shown == ["?", "Hello"]
    assert chat.engine.requests[-1].prompt.open_answer == OpenAnswer("hm", "Hel")
    assert chat.stored().active_path()[-1].text == "Hello"
    stats = chat.row(-1).stats
    assert stats is not None and (stats.n_analysis, stats.n_final) == (1, 2)


def test_stop_while_thinking_keeps_the_thinking(make_chat: MakeChat) -> None:
    chat = make_chat((thought("I wonder"), Pause())).start()
    chat.controller.send("?", LOW)
    chat.wait_until(Phase.THINKING)
    chat.controller.stop()
    chat.wait_until(Phase.READY)
    assert (chat.row(-1).thinking, chat.row(-1).text) == ("I wonder", "")
    assert chat.row(-1).can_continue


def test_answer_now_ends_the_thinking(make_chat: MakeChat) -> None:
    script = (thought("long"), Pause(), thought(" thinking"), said("Short."))
    chat = make_chat(script).start()
    chat.controller.send("?", HIGH)
    chat.wait_until(Phase.THINKING)
    chat.controller.answer_now()
    chat.wait_until(Phase.READY)
    assert (chat.row(-1).thinking, chat.row(-1).text) == ("long", "Short.")


def test_earlier_thinking_is_not_sent_again(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO, HELLO).start()
    chat.ask("One")
    chat.ask("Two")
    sent = chat.engine.requests[-1].prompt.messages
    assert [(m.role, m.text, m.channel) for m in sent] == [
        (Role.USER, "One", None),
        (Role.ASSISTANT, "Hello there.", Channel.FINAL),
        (Role.USER, "Two", None),
    ]


def test_regenerate_keeps_the_old_answer_as_a_version(make_chat: MakeChat) -> None:
    chat = make_chat((said("First"),), (said("Second"),)).start()
    chat.ask("?")
    chat.controller.regenerate(chat.row(-1).id, HIGH)
    chat.wait_until(Phase.READY)
    chat.drain()
    row = chat.controller.path_model.row_at(1)
    assert (row.message.text, row.version, row.n_versions) == ("Second", 2, 2)
    assert row.message.reasoning is HIGH
    chat.controller.show_version(row.message.id, -1)
    assert chat.shown == ["?", "First"]
    chat.drain()
    assert [m.text for m in chat.stored().active_path()] == ["?", "First"]


def test_editing_a_question_forks_the_conversation(make_chat: MakeChat) -> None:
    chat = make_chat((said("A"),), (said("B"),)).start()
    chat.ask("Old")
    question = chat.row(0)
    chat.controller.edit_message(question.id, "New")
    chat.wait_until(Phase.READY)
    chat.drain()
    assert chat.shown == ["New", "B"]
    chat.controller.show_version(chat.row(0).id, -1)
    assert chat.shown == ["Old", "A"]
    assert len(chat.stored().messages) == 4


def test_an_engine_error_keeps_the_text_and_says_why(make_chat: MakeChat) -> None:
    chat = make_chat((said("Half"), Fail())).start()
    chat.ask("?")
    row = chat.controller.path_model.row_at(1)
    assert row.message.text == "Half"
    assert row.message.finish_reason is FinishReason.ERROR
    assert row.error == "The engine failed."
    assert chat.stored().active_path()[-1].text == "Half"


def test_an_abort_of_the_engine_leaves_the_text_and_says_so(make_chat: MakeChat) -> None:
    abort = Abort()
    chat = make_chat((said("Half"), abort)).start()
    chat.controller.send("?", LOW)
    chat.wait_until(Phase.ENGINE_STOPPED)
    chat.drain()
    assert chat.stored().active_path()[-1].text == "Half"
    chat.controller.send("More", LOW)
    assert chat.returned == ["More"]
    abort.released.set()


def test_an_answer_goes_on_while_another_conversation_is_shown(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((said("So"), pause, said(" far"))).start()
    chat.controller.send("First", LOW)
    chat.wait_until(Phase.ANSWERING)
    first = chat.controller.current.id
    chat.controller.new_conversation()
    assert chat.shown == []
    pause.gate.set()
    chat.wait_until(Phase.READY)
    chat.drain()
    chat.controller.open_conversation(first)
    chat.wait_for(lambda: chat.shown == ["First", "So far"])


def test_going_back_to_a_running_answer_shows_all_of_it(make_chat: MakeChat) -> None:
    pause = Pause()
    chat = make_chat((thought("hm"), said("So"), pause, said(" far"))).start()
    chat.controller.send("First", LOW)
    chat.wait_until(Phase.ANSWERING)
    first = chat.controller.current.id
    chat.controller.new_conversation()
    chat.controller.open_conversation(first)
    chat.wait_for(lambda: chat.shown == ["First", "So"])
    assert chat.controller.path_model.row_at(1).is_live
    pause.gate.set()
    chat.wait_until(Phase.READY)
    assert chat.shown == ["First", "So far"]


def test_a_message_that_cannot_be_saved_comes_back(make_chat: MakeChat) -> None:
    class Full:
        """A store whose disk is full for new messages."""

        def __init__(self, store: ConversationStore) -> None:
            self._store = store

        def __getattr__(self, name: str):
            return getattr(self._store, name)

        def add_message(self, _: object) -> None:
            raise StorageError("The disk is full.")

    chat = make_chat(HELLO)
    data_dir = chat.data_dir
    full = make_chat(HELLO, opener=lambda: Full(open_store(data_dir)))
    full.start()
    full.controller.send("Precious", LOW)
    full.wait_for(lambda: full.returned == ["Precious"])
    assert full.errors == ["The disk is full."]
    assert full.shown == []
    assert full.engine.requests == []
    assert full.controller.phase is Phase.READY


def test_nothing_is_sent_while_no_model_is_loaded(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    chat.controller.send("Hi", LOW)
    assert chat.returned == ["Hi"]
    assert chat.shown == []


def test_blank_text_is_not_sent(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.controller.send("  \n ", LOW)
    assert chat.controller.phase is Phase.READY
    assert chat.shown == []


def test_a_draft_comes_back_with_its_conversation(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("One")
    first = chat.controller.current.id
    chat.controller.save_draft("half a thought")
    chat.controller.new_conversation()
    assert chat.controller.current.draft == ""
    chat.controller.save_draft("blank one's draft")
    chat.controller.open_conversation(first)
    chat.wait_for(lambda: chat.controller.current.id == first)
    assert chat.controller.current.draft == "half a thought"
    chat.close()
    again = make_chat().start(loads=False)
    assert again.controller.current.draft == "blank one's draft"
    listed = again.controller.book.listed
    assert [(s.title, s.draft) for s in listed] == [("One", "half a thought")]


def test_a_deleted_conversation_can_be_taken_back(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("One")
    first = chat.controller.current.id
    chat.controller.delete_conversation(first)
    chat.wait_for(lambda: len(chat.undos) == 1)
    assert not chat.controller.book.listed
    assert chat.shown == []
    chat.undos[0]()
    chat.wait_for(lambda: chat.shown == ["One", "Hello there."])
    assert [s.id for s in chat.controller.book.listed] == [first]


def test_a_deleted_message_can_be_taken_back(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO, HELLO).start()
    chat.ask("One")
    chat.ask("Two")
    chat.controller.delete_message(chat.row(2).id)
    chat.wait_for(lambda: len(chat.undos) == 1)
    assert chat.shown == ["One", "Hello there."]
    chat.undos[0]()
    chat.wait_for(lambda: chat.shown == ["One", "Hello there.", "Two", "Hello there."])


def test_renaming_and_pinning_last(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO, HELLO).start()
    chat.ask("One")
    first = chat.controller.current.id
    chat.controller.new_conversation()
    chat.ask("Two")
    assert [s.title for s in chat.controller.book.listed] == ["Two", "One"]
    chat.controller.set_pinned(first, True)
    chat.controller.rename_conversation(first, "  Mine ")
    chat.drain()
    chat.close()
    again = make_chat().start(loads=False)
    assert [(s.title, s.is_pinned) for s in again.controller.book.listed] == [
        ("Mine", True),
        ("Two", False),
    ]


def test_the_level_of_a_conversation_is_remembered(make_chat: MakeChat) -> None:
    chat = make_chat(HELLO, settings=Settings(reasoning=HIGH)).start()
    assert chat.controller.current.reasoning is HIGH
    chat.ask("One", LOW)
    assert chat.controller.current.reasoning is LOW
    chat.controller.new_conversation()
    assert chat.controller.current.reasoning is HIGH


def test_a_model_that_cannot_be_loaded_is_a_sentence(make_chat: MakeChat) -> None:
    chat = make_chat().start(loads=False)
    chat.controller.load_model(chat.data_dir / "missing.gguf")
    chat.wait_for(lambda: chat.errors == ["missing.gguf is not there."])
    assert chat.controller.phase is Phase.NO_MODEL


def test_the_loaded_model_is_remembered_until_it_is_unloaded(make_chat: MakeChat) -> None:
    chat = make_chat().start()
    assert chat.saved[-1].model_path == str(chat.model)
    chat.controller.unload_model()
    chat.wait_until(Phase.NO_MODEL)
    assert chat.saved[-1].model_path == ""
    assert chat.controller.loaded is None


def test_a_second_load_overtakes_the_first(make_chat: MakeChat) -> None:
    import threading

    chat = make_chat().start(loads=False)
    chat.engine.load_gate = threading.Event()
    chat.controller.load_model(chat.model)
    other = chat.model.with_name("other.gguf")
    other.touch()
    chat.controller.load_model(other)
    chat.engine.load_gate.set()
    chat.wait_until(Phase.READY)
    assert chat.controller.loaded is not None
    assert chat.controller.loaded.card.path == other


def test_quitting_mid_answer_keeps_what_has_come(make_chat: MakeChat) -> None:
    chat = make_chat((said("Half"), Pause())).start()
    chat.controller.send("?", LOW)
    chat.wait_until(Phase.ANSWERING)
    chat.close()
    assert chat.engine.is_closed
    answer = chat.stored().active_path()[-1]
    assert (answer.text, answer.finish_reason) == ("Half", FinishReason.INTERRUPTED)


@pytest.mark.parametrize("action", ["regenerate", "continue_answer", "delete_message"])
def test_actions_on_unknown_messages_do_nothing(make_chat: MakeChat, action: str) -> None:
    chat = make_chat(HELLO).start()
    chat.ask("One")
    getattr(chat.controller, action)("no such id")
    assert chat.shown == ["One", "Hello there."]
    assert chat.errors == []
