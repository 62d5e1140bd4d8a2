"""The sidebar's rows."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from app.core.conversation import ConversationSummary, Folder, new_conversation_id
from app.core.organisation import new_folder_id
from app.ui.models.conversation_list_model import (
    ConversationListModel,
    TitleEdited,
)
from app.ui.models.conversation_rows import (
    Heading,
    Section,
    day_limits,
    folded,
    grouped,
    section_of,
)

DAY = 86_400.0
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def summary(
    title: str, days_ago: float = 0.0, *, is_pinned: bool = False
) -> ConversationSummary:
    at = time.time() - days_ago * DAY
    return ConversationSummary(new_conversation_id(), title, at, at, is_pinned)


def rows(model: ConversationListModel) -> list[str]:
    return [str(model.index(at).data()) for at in range(model.rowCount())]


@pytest.mark.parametrize(
    ("hours_ago", "section"),
    [
        (-30, Section.TODAY),  # the clock was set back
        (0, Section.TODAY),
        (11.9, Section.TODAY),
        (12.1, Section.YESTERDAY),
        (35.9, Section.YESTERDAY),
        (36.1, Section.WEEK),
        (24 * 6.4, Section.WEEK),
        (24 * 6.6, Section.MONTH),
        (24 * 29.4, Section.MONTH),
        (24 * 29.6, Section.OLDER),
    ],
)
def test_a_conversation_stands_under_the_day_of_its_last_change(
    hours_ago: float, section: Section
) -> None:
    at = NOON.timestamp() - hours_ago * 3600
    plain = ConversationSummary(new_conversation_id(), "t", at, at)
    assert section_of(plain, day_limits(NOON)) is section
    assert section_of(replace(plain, is_pinned=True), day_limits(NOON)) is Section.PINNED


def test_headings_come_before_their_conversations_and_newest_first() -> None:
    model = ConversationListModel()
    old, new = summary("old", 60), summary("new")
    pinned = summary("pinned", 90, is_pinned=True)
    model.set_conversations([old, new, pinned])
    assert rows(model) == ["Pinned", "pinned", "Today", "new", "Older", "old"]


def test_each_of_many_stands_under_its_heading() -> None:
    dice = random.Random(3)
    folder, now = Folder(new_folder_id(), "Work"), datetime.now()
    chats = [
        replace(
            summary(str(n), dice.uniform(-1, 60), is_pinned=dice.random() < 0.2),
            folder_id=dice.choice((None, folder.id, new_folder_id())),
            is_archived=dice.random() < 0.2,
        )
        for n in range(300)
    ]
    expected = {}
    for s in chats:
        known = s if s.folder_id == folder.id else replace(s, folder_id=None)
        expected[s.id] = section_of(known, day_limits(now))
    found, above = {}, None
    for row in grouped(chats, [folder], shows_archived=True, is_searching=False):
        if isinstance(row, Heading):
            above = row.section
        else:
            found[row.id] = above
    assert found == expected


def test_a_heading_of_time_can_neither_be_chosen_nor_edited() -> None:
    model = ConversationListModel()
    model.set_conversations([summary("a")])
    heading, conversation = model.index(0), model.index(1)
    assert not heading.flags() & Qt.ItemFlag.ItemIsSelectable
    assert not model.setData(heading, "x")
    assert conversation.flags() & Qt.ItemFlag.ItemIsEditable


def test_the_filter_finds_words_in_any_order_without_case_and_accents() -> None:
    model = ConversationListModel()
    model.set_conversations([summary("Árbol de Navidad"), summary("Pino")])
    model.set_filter("NAVIDAD arbol")
    assert rows(model) == ["Today", "Árbol de Navidad"]
    model.set_filter("")
    assert len(rows(model)) == 3
    assert folded("ÁRBOL Straße") == "arbol strasse"


def test_a_change_moves_its_row_and_keeps_what_points_at_it() -> None:
    model = ConversationListModel()
    first, second = summary("first", 0.001), summary("second")
    model.set_conversations([first, second])
    pointed = QPersistentModelIndex(model.index_of(first.id))
    model.set_conversations([replace(first, updated_at=time.time() + 1), second])
    assert rows(model) == ["Today", "first", "second"]
    assert pointed.row() == 1


def test_many_changes_keep_what_points_at_their_rows() -> None:
    model = ConversationListModel()
    chats = [summary(str(n), n * 2) for n in range(60)]
    folder = Folder(new_folder_id(), "Work")
    model.set_conversations(chats, [folder])
    held = {s.id: QPersistentModelIndex(model.index_of(s.id)) for s in chats}
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    moved = [replace(s, folder_id=folder.id) if n % 2 else s for n, s in enumerate(chats)]
    model.set_conversations(moved, [folder])
    assert rows(model)[:3] == ["Work", "1", "3"]
    assert all(held[s.id].data(model.SUMMARY_ROLE) == s for s in moved)
    changed = [replace(s, title=s.title + "!") for s in chats[1:]]
    model.set_conversations([summary("new"), *changed], [folder])
    assert rows(model)[:4] == ["Work", "Today", "new", "Last 7 days"]
    assert not held[chats[0].id].isValid()
    assert all(held[s.id].data(model.SUMMARY_ROLE) == s for s in changed)
    assert resets == []


def test_one_row_that_goes_down_is_one_change() -> None:
    model = ConversationListModel()
    chats = [summary(str(n), n * 2) for n in range(40)]
    chats[-1] = replace(chats[-1], is_pinned=True)
    model.set_conversations(chats)
    told: list[str] = []
    model.rowsMoved.connect(lambda: told.append("moved"))
    model.layoutChanged.connect(lambda: told.append("layout"))
    model.set_conversations([*chats[:-1], replace(chats[-1], is_pinned=False)])
    assert rows(model)[-1] == "39"
    assert told == ["layout"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Añó", "ano"),
        ("STRASSE", "strasse"),
        ("ﬁn", "fin"),
        ("Ça va?", "ca va?"),
        ("日本", "日本"),
    ],
)
def test_titles_are_compared_without_case_and_accents(text: str, found: str) -> None:
    assert folded(text) == found


def test_rows_keep_their_places_while_the_pointer_is_over_the_list() -> None:
    model = ConversationListModel()
    first, second = summary("first", 0.001), summary("second")
    model.set_conversations([first, second])
    newer = replace(first, updated_at=time.time() + 1, title="first, renamed")
    model.set_conversations([newer, second], keeps_order=True)
    assert rows(model) == ["Today", "second", "first, renamed"]
    model.set_conversations([second], keeps_order=True)
    assert rows(model) == ["Today", "second"]


def test_an_edited_title_is_asked_for_in_one_line() -> None:
    model = ConversationListModel()
    only = summary("before")
    model.set_conversations([only])
    edited: list[TitleEdited] = []
    model.title_edited.connect(edited.append)
    assert model.setData(model.index(1), "  after\n all ")
    assert not model.setData(model.index(1), "   ")
    assert not model.setData(model.index(1), "before")
    assert edited == [TitleEdited(only.id, "after all")]


def test_a_pinned_row_says_so_to_screen_readers() -> None:
    model = ConversationListModel()
    model.set_conversations([summary("a", is_pinned=True)])
    assert model.index(1).data(Qt.ItemDataRole.AccessibleTextRole) == "a, pinned"


def test_any_sequence_of_changes_satisfies_qts_model_rules(qtmodeltester: ModelTester) -> None:
    model = ConversationListModel()
    dice = random.Random(7)
    known: list[ConversationSummary] = []
    folders = [Folder(new_folder_id(), name) for name in ("Work", "Home")]
    qtmodeltester.check(model, force_py=True)  # from here on it watches every change
    for _ in range(60):
        match dice.choice(("add", "add", "remove", "touch", "pin", "move", "filter", "fold")):
            case "add":
                known.append(summary(f"title {dice.random()}", dice.uniform(0, 50)))
            case "remove" if known:
                known.pop(dice.randrange(len(known)))
            case "touch" if known:
                at = dice.randrange(len(known))
                known[at] = replace(known[at], updated_at=time.time())
            case "pin" if known:
                at = dice.randrange(len(known))
                known[at] = replace(known[at], is_pinned=not known[at].is_pinned)
            case "move" if known:
                at = dice.randrange(len(known))
                known[at] = replace(
                    known[at],
                    folder_id=dice.choice((None, *(f.id for f in folders))),
                    is_archived=dice.random() < 0.3,
                )
            case "fold":
                at = dice.randrange(len(folders))
                folders[at] = replace(folders[at], is_folded=not folders[at].is_folded)
                model.show_archived(dice.random() < 0.5)
            case "filter":
                model.set_filter(dice.choice(("", "title", "0.1", "none of them")))
        model.set_conversations(known, folders, keeps_order=dice.random() < 0.3)
    model.set_filter("")
    model.show_archived(True)
    model.set_conversations(known, [replace(f, is_folded=False) for f in folders])
    shown = [t for t in rows(model) if t.startswith("title")]
    assert sorted(shown) == sorted(s.title for s in known)
