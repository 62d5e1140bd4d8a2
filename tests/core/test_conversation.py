"""The message tree."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.conversation import TITLE_LENGTH, Conversation, title_from
from app.core.message import Message, MessageId, Role


def message(
    conversation: Conversation, name: str, parent: str | None, role: Role = Role.USER
) -> Message:
    parent_id = MessageId(parent) if parent is not None else None
    return Message(MessageId(name), conversation.id, role, name, parent_id)


def tree(*edges: tuple[str, str | None]) -> Conversation:
    """A conversation of (name, parent) pairs; names beginning with "a" are answers."""
    conversation = Conversation.start()
    for name, parent in edges:
        role = Role.ASSISTANT if name.startswith("a") else Role.USER
        conversation = conversation.with_message(message(conversation, name, parent, role))
    return conversation


def names(conversation: Conversation) -> list[str]:
    return [m.id for m in conversation.active_path()]


def test_new_messages_extend_the_shown_branch() -> None:
    assert names(tree(("q1", None), ("a1", "q1"), ("q2", "a1"))) == ["q1", "a1", "q2"]


def test_a_sibling_forks_and_both_versions_stay() -> None:
    conversation = tree(("q1", None), ("a1", "q1"), ("q2", "a1"), ("q3", "a1"))
    assert names(conversation) == ["q1", "a1", "q3"]
    assert [m.id for m in conversation.versions(MessageId("q3"))] == ["q2", "q3"]
    back = conversation.with_active_leaf(MessageId("q2"))
    assert names(back) == ["q1", "a1", "q2"]


def test_versions_are_of_one_role() -> None:
    conversation = tree(("q1", None), ("q2", None), ("a0", None))
    assert [m.id for m in conversation.versions(MessageId("q1"))] == ["q1", "q2"]


def test_the_newest_leaf_follows_the_newest_children() -> None:
    conversation = tree(("q1", None), ("a1", "q1"), ("a2", "q1"), ("q2", "a2"))
    assert conversation.newest_leaf(MessageId("q1")) == "q2"


def test_replacing_a_message_keeps_place_and_leaf() -> None:
    conversation = tree(("q1", None), ("a1", "q1"), ("q2", "a1"))
    changed = conversation.messages[MessageId("a1")].with_text("new", "")
    conversation = conversation.with_message(changed)
    assert [m.text for m in conversation.active_path()] == ["q1", "new", "q2"]


def test_removing_takes_what_follows_and_shows_the_parent() -> None:
    conversation = tree(("q1", None), ("a1", "q1"), ("q2", "a1"), ("a2", "q2"))
    assert names(conversation.without(MessageId("q2"))) == ["q1", "a1"]
    assert names(conversation.without(MessageId("q1"))) == []


def test_messages_of_other_conversations_and_unknown_parents_are_refused() -> None:
    conversation = tree(("q1", None))
    with pytest.raises(ValueError, match="another conversation"):
        conversation.with_message(message(Conversation.start(), "x", None))
    with pytest.raises(ValueError, match="parent"):
        conversation.with_message(message(conversation, "x", "missing"))


def test_a_cycle_on_disk_does_not_hang_the_walk() -> None:
    conversation = Conversation.start()
    a, b = message(conversation, "a", "b"), message(conversation, "b", "a")
    damaged = Conversation(conversation.summary, {a.id: a, b.id: b}, a.id)
    assert {m.id for m in damaged.active_path()} == {"a", "b"}


@given(st.text(max_size=400))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_from(text)
    assert len(title) <= TITLE_LENGTH
    assert title == " ".join(title.split())
    assert bool(title) == bool(text.split())


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_any_tree_has_one_path_from_a_root_to_each_message(parents: list[int]) -> None:
    edges: list[tuple[str, str | None]] = [("n0", None)]
    for i, parent in enumerate(parents, 1):
        edges.append((f"n{i}", f"n{parent % i}"))
    conversation = tree(*edges)
    for name, parent_name in edges:
        path = conversation.path_to(MessageId(name))
        assert path[0].parent_id is None
        assert path[-1].id == name
        assert all(a.id == b.parent_id for a, b in itertools.pairwise(path))
        assert (parent_name is None) == (len(path) == 1)
