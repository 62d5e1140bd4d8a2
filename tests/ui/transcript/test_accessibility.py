"""What a screen reader finds: a list of messages, their blocks and buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface

from app.core.message import Channel
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import answer, question

NAME = QAccessible.Text.Name
Role = QAccessible.Role


def tree(rig: Rig) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(rig.view)
    assert found is not None
    return found


def children(parent: QAccessibleInterface) -> list[QAccessibleInterface]:
    return [parent.child(n) for n in range(parent.childCount())]


def test_the_conversation_is_a_list_of_named_messages(rig: Rig) -> None:
    rig.model.set_rows([question("q", "Hello?"), answer("a", "Hi there")])
    view = tree(rig)
    assert (view.role(), view.text(NAME)) == (Role.List, "Conversation")
    assert [(m.role(), m.text(NAME)) for m in children(view)] == [
        (Role.ListItem, "You said: Hello?"),
        (Role.ListItem, "gpt-oss-20b said: Hi there"),
    ]


def test_blocks_and_buttons_are_below_their_message(rig: Rig) -> None:
    text = "# Head\n\ntext\n\n- item $x$\n\n```py\ncode\n```"
    rig.model.set_rows([question("q"), answer("a", text, thinking="hm", n_versions=2)])
    found = [(c.role(), c.text(NAME)) for c in children(children(tree(rig))[1])]
    assert found == [
        (Role.Heading, "Head"),
        (Role.Paragraph, "text"),
        (Role.Paragraph, "• item $x$"),
        (Role.StaticText, "code"),
        (Role.Button, "Thought for 12 s · Medium"),
        (Role.Button, "Wrap long lines"),
        (Role.Button, "Copy code"),
        (Role.Button, "Next version, 2 of 2"),
        (Role.Button, "Copy"),
        (Role.Button, "Write again"),
        (Role.Button, "Write again with another level"),
        (Role.Button, "Delete"),
        (Role.Button, "More"),
    ]


def test_parents_and_places_fit_together(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "one\n\ntwo")])
    view = tree(rig)
    for n, message in enumerate(children(view)):
        assert message.parent() == view
        assert view.indexOfChild(message) == n
        for k, child in enumerate(children(message)):
            assert child.parent() == message
            assert message.indexOfChild(child) == k
            assert message.rect().intersects(child.rect()), child.text(NAME)


def test_folded_thinking_is_told_as_collapsed(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x", thinking="hm")])

    def head() -> QAccessibleInterface:
        found = children(children(tree(rig))[1])
        return next(c for c in found if c.text(NAME).startswith("Thought"))

    assert head().state().collapsed
    rig.view.set_shows_thinking(True)
    assert head().state().expanded


def test_the_focus_is_where_the_keyboard_is(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x")])
    rig.take_focus()
    view = tree(rig)
    assert view.focusChild().text(NAME).startswith("gpt-oss-20b")
    assert view.focusChild().state().focused
    rig.key(Qt.Key.Key_Return)
    assert view.focusChild().text(NAME) == "Copy"


def test_what_ended_an_answer_early_is_part_of_its_name(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "half", error="The engine stopped.")])
    assert children(tree(rig))[1].text(NAME).endswith("The engine stopped.")


def test_a_message_that_is_gone_is_not_valid(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x")])
    message = children(tree(rig))[1]
    block = children(message)[0]
    rig.model.set_rows([question("q")])
    assert not message.isValid()
    assert not block.isValid()
    assert (message.text(NAME), block.text(NAME)) == ("", "")


def test_only_beginning_and_end_are_announced(rig: Rig) -> None:
    said: list[str] = []
    rig.view.announcer.speaker = lambda text, urgent: said.append(text)
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    rig.say("a", "hm", Channel.ANALYSIS)
    for _ in range(20):
        rig.say("a", "some words ")
    rig.model.update_row(answer("a", "some words " * 20))
    assert said == ["Answering", "Answer finished, 492 tokens"]


def test_errors_are_announced_at_once(rig: Rig) -> None:
    said: list[tuple[str, bool]] = []
    rig.view.announcer.speaker = lambda text, urgent: said.append((text, urgent))
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    rig.model.update_row(answer("a", "half", error="The engine stopped."))
    assert said[-1] == ("The engine stopped.", True)
