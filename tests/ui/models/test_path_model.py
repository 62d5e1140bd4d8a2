"""PathModel: rows of the active path."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.core.message import Channel, ConversationId, Message, MessageId, Role
from app.ui.models.path_model import MessageRow, PathModel, RowDelta

CONVERSATION = ConversationId("c")


def row(name: str, text: str = "", *, version: int = 1, n_versions: int = 1) -> MessageRow:
    role = Role.USER if name.startswith("q") else Role.ASSISTANT
    message = Message(MessageId(name), CONVERSATION, role, text, created_at=0.0)
    return MessageRow(message, version, n_versions)


def names(model: PathModel) -> list[str]:
    return [model.row_at(i).message.id for i in range(model.rowCount())]


@pytest.fixture
def model(qtmodeltester: Any) -> PathModel:
    model = PathModel()
    qtmodeltester.check(model)
    return model


def test_every_change_keeps_the_rules_of_a_list_model(qtmodeltester: Any, qtbot: QtBot) -> None:
    model = PathModel()
    qtmodeltester.check(model)
    model.set_rows([row("q1"), row("a1"), row("q2")])
    model.append_row(row("a2"))
    model.append_delta(MessageId("a2"), Channel.FINAL, "Hello")
    model.set_rows([row("q1"), row("a1b")])
    model.remove_from(MessageId("a1b"))
    model.set_rows([])
    qtmodeltester.check(model)
    assert model.rowCount() == 0


def test_another_branch_keeps_the_common_first_messages(model: PathModel, qtbot: QtBot) -> None:
    model.set_rows([row("q1"), row("a1"), row("q2"), row("a2")])
    resets: list[bool] = []
    removed: list[tuple[int, int]] = []
    inserted: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.rowsRemoved.connect(lambda _, first, last: removed.append((first, last)))
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    model.set_rows([row("q1"), row("a1"), row("q2b"), row("a2b"), row("q3b")])
    assert names(model) == ["q1", "a1", "q2b", "a2b", "q3b"]
    assert (resets, removed, inserted) == ([], [(2, 3)], [(2, 4)])


def test_another_conversation_is_a_reset(model: PathModel, qtbot: QtBot) -> None:
    model.set_rows([row("q1")])
    with qtbot.waitSignal(model.modelReset):
        model.set_rows([row("q9"), row("a9")])
    assert names(model) == ["q9", "a9"]
    assert model.row_of(MessageId("q1")) is None


def test_a_kept_row_that_differs_is_told(model: PathModel, qtbot: QtBot) -> None:
    model.set_rows([row("q1"), row("a1")])
    with qtbot.waitSignal(model.dataChanged) as told:
        model.set_rows([row("q1"), row("a1", version=1, n_versions=2)])
    assert told.args is not None
    assert told.args[0].row() == 1
    assert PathModel.ROW_ROLE in told.args[2]


def test_deltas_grow_the_answer_and_the_thinking_separately(
    model: PathModel, qtbot: QtBot
) -> None:
    model.set_rows([row("q1", "Hi"), row("a1")])
    told: list[RowDelta] = []
    model.delta_appended.connect(told.append)
    model.append_delta(MessageId("a1"), Channel.ANALYSIS, "greet ")
    model.append_delta(MessageId("a1"), Channel.FINAL, "Hel")
    model.append_delta(MessageId("a1"), Channel.FINAL, "lo")
    model.append_delta(MessageId("a1"), Channel.FINAL, "")
    message = model.row_at(1).message
    assert (message.text, message.thinking) == ("Hello", "greet ")
    assert [(d.row, d.channel, d.text) for d in told] == [
        (1, Channel.ANALYSIS, "greet "),
        (1, Channel.FINAL, "Hel"),
        (1, Channel.FINAL, "lo"),
    ]


def test_a_delta_alone_does_not_claim_that_the_whole_row_changed(
    model: PathModel, qtbot: QtBot
) -> None:
    model.set_rows([row("q1"), row("a1")])
    with qtbot.waitSignal(model.dataChanged) as told:
        model.append_delta(MessageId("a1"), Channel.FINAL, "x")
    assert told.args is not None
    assert PathModel.ROW_ROLE not in told.args[2]


def test_what_is_not_shown_is_ignored(model: PathModel) -> None:
    model.set_rows([row("q1")])
    model.append_delta(MessageId("gone"), Channel.FINAL, "x")
    model.update_row(row("gone", "x"))
    model.remove_from(MessageId("gone"))
    assert names(model) == ["q1"]


def test_the_same_message_is_not_shown_twice(model: PathModel) -> None:
    model.set_rows([row("q1")])
    with pytest.raises(ValueError, match="already"):
        model.append_row(row("q1"))


def test_removing_takes_what_follows(model: PathModel) -> None:
    model.set_rows([row("q1"), row("a1"), row("q2")])
    model.remove_from(MessageId("a1"))
    assert names(model) == ["q1"]
    model.append_row(row("a1"))
    assert model.row_of(MessageId("a1")) == 1


def test_versions_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        row("a1", version=3, n_versions=2)
