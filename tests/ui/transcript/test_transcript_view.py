"""The transcript as a person uses it: reading, streaming, pressing, by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QMenu

from app.core.message import Channel, FinishReason, MessageId, ReasoningEffort
from app.ui.transcript.actions import ActionKind
from app.ui.transcript.block import BlockAction
from app.ui.transcript.controls import ControlKind
from app.ui.transcript.message_painter import BlockTarget
from app.ui.transcript.palette import TranscriptPalette
from tests.ui.transcript.conftest import Rig
from tests.ui.transcript.samples import (
    EVERYTHING,
    answer,
    long_answer,
    long_conversation,
    question,
)

COPY_CODE = BlockAction.COPY_CODE


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def wheel(rig: Rig, notches: int, modifier: Qt.KeyboardModifier | None = None) -> None:
    centre = rig.view.viewport().rect().center()
    event = QWheelEvent(
        QPointF(centre),
        QPointF(rig.view.viewport().mapToGlobal(centre)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(rig.view.viewport(), event)


def menu(rig: Rig) -> QMenu:
    found = [m for m in rig.view.findChildren(QMenu) if m.isVisible()]
    assert len(found) == 1
    return found[0]


def choose(rig: Rig, text: str) -> None:
    shown = menu(rig)
    next(a for a in shown.actions() if a.text() == text).trigger()
    shown.close()


# -- streaming and scrolling


def test_a_streamed_answer_looks_like_the_whole_one(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    for i in range(0, len(EVERYTHING), 9):
        rig.say("a", EVERYTHING[i : i + 9])
    rig.model.update_row(answer("a", EVERYTHING))
    rig.view.select_all()
    streamed = rig.view.selected_text()
    rig.model.set_rows([])
    rig.model.set_rows([question("q"), answer("a", EVERYTHING)])
    rig.view.select_all()
    assert streamed == rig.view.selected_text()


def test_it_follows_the_end_of_a_growing_answer(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    for _ in range(60):
        rig.say("a", "one more line of the answer\n\n")
    assert rig.view.conversation.is_at_end
    assert rig.view.conversation.offset > 500


def test_one_notch_up_ends_the_following_and_the_text_stays(rig: Rig) -> None:
    rig.model.set_rows([question("q", long_answer(900)), answer("a", is_live=True)])
    rig.say("a", "word\n\n" * 40)
    wheel(rig, 1)
    before = rig.block_y(1, 10)
    rig.say("a", "more\n\n" * 40)
    assert rig.block_y(1, 10) == before
    assert not rig.view.conversation.is_pinned


def test_resizing_alone_does_not_end_the_following(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    rig.say("a", long_answer(1500))
    rig.view.resize(500, 400)
    rig.view.resize(900, 700)
    assert rig.view.conversation.is_pinned
    rig.say("a", "\n\nmore" * 30)
    assert rig.view.conversation.is_at_end


def test_sending_again_follows_the_end(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", long_answer(2000))])
    rig.view.scroll_to_row(0)
    assert not rig.view.conversation.is_pinned
    rig.model.append_row(question("q2"))
    rig.model.append_row(answer("a2", is_live=True))
    assert rig.view.conversation.is_pinned
    assert rig.view.conversation.is_at_end


def test_scrolling_up_through_unmeasured_messages_moves_by_what_was_asked(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(60))
    rig.draw()
    for _ in range(40):
        block = rig.seen_block(200)
        before = rig.view.block_rect(*block).top()
        rig.view.scroll_by(-70)
        assert rig.view.block_rect(*block).top() == pytest.approx(before + 70, abs=1)


def test_a_long_way_without_a_pause_keeps_only_what_is_near(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(300))
    rig.draw()
    conversation = rig.view.conversation
    while conversation.offset > 0:
        rig.view.scroll_by(-400)
        assert sum(item.body.is_parsed for item in conversation.items) < 150
    assert conversation.items[0].body.is_parsed
    assert not conversation.items[-1].body.is_parsed


def test_what_is_read_stays_when_the_window_gets_narrower(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(40))
    rig.view.scroll_to_row(20)
    rig.view.scroll_by(100)
    block = rig.seen_block(0)
    before = rig.view.block_rect(*block).top()
    rig.view.resize(560, 600)
    assert rig.view.block_rect(*block).top() == pytest.approx(before, abs=1)


def test_a_formula_that_becomes_ready_does_not_move_the_text(rig: Rig) -> None:
    text = "\n\n".join([r"$$\frac{a}{b}$$"] * 3 + ["paragraph"] * 60)
    rig.model.set_rows([question("q", long_answer(600)), answer("a", text)])
    rig.view.scroll_to_row(1)
    rig.view.scroll_by(90)
    before = rig.block_y(1, 20)
    rig.settle()
    assert rig.block_y(1, 20) == pytest.approx(before, abs=1)


def test_the_end_key_and_the_button_lead_to_the_newest_line(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(30))
    rig.view.scroll_to_row(0)
    rig.view.setFocus()
    rig.key(Qt.Key.Key_End)
    assert rig.view.conversation.is_at_end
    rig.key(Qt.Key.Key_Home)
    assert rig.view.conversation.offset == 0


def test_another_conversation_opens_at_its_end(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(30))
    rig.view.scroll_to_row(0)
    rig.model.set_rows([])
    rig.model.set_rows([question("x"), answer("y", long_answer(1500))])
    assert rig.view.conversation.is_at_end


def test_a_reading_place_is_found_again(rig: Rig) -> None:
    rows = long_conversation(40)
    rig.model.set_rows(rows)
    rig.view.scroll_to_row(12)
    rig.view.scroll_by(130)
    place = rig.view.reading_place()
    top = rig.view.conversation.top(12)
    rig.model.set_rows([question("x"), answer("y", "short")])
    rig.model.set_rows(rows)
    rig.view.go_to_place(place)
    assert rig.view.conversation.top(12) == pytest.approx(top, abs=40)
    assert not rig.view.conversation.is_pinned


def test_at_the_end_there_is_no_reading_place(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(10))
    assert rig.view.reading_place() is None
    rig.view.go_to_place(None)
    assert rig.view.conversation.is_at_end


def test_the_scroll_bar_does_not_jump_under_the_pointer(rig: Rig) -> None:
    rig.model.set_rows(long_conversation(80))
    bar = rig.view.verticalScrollBar()
    bar.setSliderDown(True)
    for value in range(bar.maximum(), 0, -bar.maximum() // 12):
        bar.setSliderPosition(value)
        rig.draw()
        assert bar.value() == value
    bar.setSliderDown(False)


# -- thinking


def test_thinking_is_folded_and_opens_where_the_pointer_is(rig: Rig) -> None:
    thinking = long_answer(700)
    rig.model.set_rows([question("q"), answer("a", long_answer(900), thinking=thinking)])
    rig.view.scroll_to_row(1)
    before = rig.view.pressing.target_rect(1, ControlKind.THINKING).top()
    height = rig.view.item(1).height
    rig.click(1, ControlKind.THINKING)
    assert rig.view.item(1).height > height + 200
    assert rig.view.pressing.target_rect(1, ControlKind.THINKING).top() == before
    rig.click(1, ControlKind.THINKING)
    assert rig.view.item(1).height == height


def test_a_fold_chosen_by_hand_is_kept_while_tokens_come_and_settings_change(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    rig.say("a", "first thoughts", Channel.ANALYSIS)
    rig.click(1, ControlKind.THINKING)
    rig.say("a", "more thoughts", Channel.ANALYSIS)
    rig.say("a", "The answer.")
    rig.view.set_shows_thinking(False)
    assert rig.view.item(1).is_unfolded
    rig.model.update_row(answer("a", "The answer.", thinking="first thoughtsmore thoughts"))
    assert rig.view.item(1).is_unfolded


def test_the_setting_unfolds_what_was_not_chosen(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x", thinking="because")])
    rig.view.set_shows_thinking(True)
    rig.view.select_all()
    assert "because" in rig.view.selected_text()


def test_answer_now_is_offered_only_while_it_thinks(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", is_live=True)])
    assert ControlKind.ANSWER_NOW not in rig.controls(1)
    rig.say("a", "hm", Channel.ANALYSIS)
    rig.click(1, ControlKind.ANSWER_NOW)
    assert [a.kind for a in rig.actions] == [ActionKind.ANSWER_NOW]
    rig.say("a", "So:")
    assert ControlKind.ANSWER_NOW not in rig.controls(1)


def test_folded_thinking_is_not_part_of_what_is_copied(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "The answer", thinking="secret steps")])
    rig.view.select_all()
    assert "secret" not in rig.view.selected_text()


# -- actions


@pytest.mark.parametrize(
    ("control", "kind"),
    [
        (ControlKind.REGENERATE, ActionKind.REGENERATE),
        (ControlKind.DELETE, ActionKind.DELETE),
        (ControlKind.PREVIOUS_VERSION, ActionKind.PREVIOUS_VERSION),
        (ControlKind.NEXT_VERSION, ActionKind.NEXT_VERSION),
    ],
)
def test_each_button_asks_for_its_action(
    rig: Rig, control: ControlKind, kind: ActionKind
) -> None:
    rig.model.set_rows([question("q"), answer("a", "text", version=2, n_versions=3)])
    rig.click(1, control)
    assert [(a.kind, a.message_id) for a in rig.actions] == [(kind, MessageId("a"))]


@pytest.mark.parametrize(
    "reason",
    [
        FinishReason.CANCELLED,
        FinishReason.LENGTH,
        FinishReason.REPETITION,
        FinishReason.INTERRUPTED,
    ],
)
def test_an_answer_that_ended_early_can_be_continued(rig: Rig, reason: FinishReason) -> None:
    rig.model.set_rows([question("q"), answer("a", "half an ans", reason=reason)])
    rig.click(1, ControlKind.CONTINUE)
    assert [a.kind for a in rig.actions] == [ActionKind.CONTINUE]


def test_a_failed_answer_says_why_and_can_be_tried_again(rig: Rig) -> None:
    failed = answer("a", "", reason=FinishReason.ERROR, error="The engine stopped.")
    rig.model.set_rows([question("q"), failed])
    assert rig.view.item(1).end_text() == "The engine stopped."
    rig.click(1, ControlKind.RETRY)
    assert [a.kind for a in rig.actions] == [ActionKind.RETRY]
    assert ControlKind.CONTINUE not in rig.controls(1)


def test_a_running_answer_has_no_buttons_that_change_it(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "so far", is_live=True)])
    assert rig.controls(1) == set()


def test_the_first_version_has_no_previous_one(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x", version=1, n_versions=2)])
    assert ControlKind.PREVIOUS_VERSION not in rig.controls(1)
    assert ControlKind.NEXT_VERSION in rig.controls(1)


def test_an_answer_can_be_written_again_at_another_level(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "text")])
    rig.click(1, ControlKind.REGENERATE_LEVEL)
    choose(rig, "High")
    assert [(a.kind, a.reasoning) for a in rig.actions] == [
        (ActionKind.REGENERATE, ReasoningEffort.HIGH)
    ]


def test_copy_takes_the_markdown_of_the_answer_alone(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "**bold** $x$", thinking="hm")])
    rig.click(1, ControlKind.COPY)
    assert clipboard() == "**bold** $x$"


def test_code_is_copied_exactly_also_when_it_is_long_and_hides_signs(rig: Rig) -> None:
    code = "\n".join(["\tdef f():\u200b"] + [f"    x{n} = {n}  " for n in range(300)])
    rig.model.set_rows([question("q"), answer("a", f"```python\n{code}\n```")])
    rig.click(1, BlockTarget(1, 0, COPY_CODE))
    assert clipboard() == code


def test_long_lines_of_code_can_be_wrapped(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "```\n" + "word " * 100 + "\n```")])
    rig.draw()
    height = rig.view.item(1).height
    assert rig.view.item(1).body.blocks[0].overflow() > 0
    rig.click(1, BlockTarget(1, 0, BlockAction.TOGGLE_WRAP))
    assert rig.view.item(1).height > height
    assert rig.view.item(1).body.blocks[0].overflow() == 0


def test_actions_are_in_the_menu_too(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "**bold** [x](https://example.com)")])
    rig.click(1, ControlKind.MORE)
    choose(rig, "Copy as plain text")
    assert clipboard() == "bold x"
    rig.click(1, ControlKind.MORE)
    choose(rig, "Quote in my message")
    assert rig.actions[-1].kind is ActionKind.QUOTE
    assert rig.actions[-1].text == "> **bold** [x](https://example.com)"


# -- editing


def test_a_question_is_edited_in_its_place(rig: Rig) -> None:
    rig.model.set_rows([question("q", "first try"), answer("a", "answer")])
    rig.click(0, ControlKind.EDIT)
    overlay = rig.view.editing.overlay
    assert overlay is not None
    overlay.editor.setPlainText("second try")
    rig.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [(a.kind, a.message_id, a.text) for a in rig.actions] == [
        (ActionKind.EDIT, MessageId("q"), "second try")
    ]
    assert rig.view.editing.overlay is None


def test_escape_leaves_the_editor_without_a_change(rig: Rig) -> None:
    rig.model.set_rows([question("q", "first try"), answer("a", "answer")])
    height = rig.view.item(0).height
    rig.click(0, ControlKind.EDIT)
    rig.key(Qt.Key.Key_Escape)
    assert rig.view.editing.overlay is None
    assert rig.actions == []
    assert rig.view.item(0).height == height


def test_an_unchanged_or_empty_edit_asks_for_nothing(rig: Rig) -> None:
    rig.model.set_rows([question("q", "first try"), answer("a", "answer")])
    rig.click(0, ControlKind.EDIT)
    rig.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert rig.actions == []


def test_the_editor_closes_with_its_message(rig: Rig) -> None:
    rig.model.set_rows([question("q", "first try"), answer("a", "answer")])
    rig.click(0, ControlKind.EDIT)
    rig.model.set_rows([question("other")])
    assert rig.view.editing.overlay is None


# -- links


def test_a_link_is_opened_only_after_a_yes(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "[click](https://example.com/x?y=1)")])
    rig.draw()
    point = rig.view.block_rect(1, 1, 0).topLeft() + QPointF(8, 10)
    from PySide6.QtTest import QTest

    QTest.mouseClick(rig.view.viewport(), Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert rig.opened == []
    dialog = rig.view.findChild(QDialog)
    assert dialog is not None
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    next(b for b in buttons.buttons() if b.text() == "Open").click()
    assert rig.opened == ["https://example.com/x?y=1"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "smb://host/share", "//host/x"]
)
def test_other_addresses_are_text(rig: Rig, address: str) -> None:
    rig.model.set_rows([question("q"), answer("a", f"[click]({address})")])
    rig.draw()
    rig.view.select_all()
    assert rig.view.selected_text().endswith(f"click ({address})")
    assert rig.view.item(1).body.blocks[0].links() == []


# -- selection


def test_text_is_selected_across_blocks_and_messages(rig: Rig) -> None:
    rig.model.set_rows(
        [question("q", "Tell me"), answer("a", "First paragraph.\n\n- one\n- two $x^2$")]
    )
    rig.settle()
    start = rig.view.block_rect(0, 1, 0)
    end = rig.view.block_rect(1, 1, 2)
    rig.drag(start.topLeft() + QPointF(1, 8), end.bottomRight() + QPointF(200, -3))
    assert rig.view.selected_text() == ("Tell me\n\nFirst paragraph.\n\n• one\n• two $x^2$")
    rig.view.setFocus()
    rig.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard().startswith("Tell me")


def test_a_double_click_takes_the_word_and_a_third_the_block(rig: Rig) -> None:
    from PySide6.QtTest import QTest

    rig.model.set_rows([question("q"), answer("a", "one two-and three")])
    rig.draw()
    rect = rig.view.block_rect(1, 1, 0)
    point = (rect.topLeft() + QPointF(rect.width() * 0 + 45, 8)).toPoint()
    QTest.mouseDClick(rig.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert rig.view.selected_text() == "two-and"
    QTest.mouseClick(rig.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert rig.view.selected_text() == "one two-and three"


def test_select_all_takes_the_whole_conversation(rig: Rig) -> None:
    rig.model.set_rows([answer(f"a{n}", long_answer(300, seed=n)) for n in range(6)])
    rig.view.setFocus()
    rig.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    text = rig.view.selected_text()
    assert len(text) > 4000
    assert "**" not in text


def test_a_press_beside_the_text_ends_the_selection(rig: Rig) -> None:
    from PySide6.QtTest import QTest

    rig.model.set_rows([question("q"), answer("a", "some text")])
    rig.view.select_all()
    QTest.mouseClick(rig.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 300))
    assert rig.view.selected_text() == ""


# -- keyboard


def test_everything_is_reached_by_keyboard(rig: Rig) -> None:
    rig.model.set_rows(
        [question("q"), answer("a", "x\n\n```\ncode\n```", thinking="hm", n_versions=2)]
    )
    rig.take_focus()
    assert rig.view.keyboard_focus.row == 1
    rig.key(Qt.Key.Key_Return)
    seen: list[object] = [rig.view.keyboard_focus.target]
    while rig.view.keyboard_focus.step(1):
        seen.append(rig.view.keyboard_focus.target)
    assert seen == [
        ControlKind.THINKING,
        BlockTarget(1, 1, BlockAction.TOGGLE_WRAP),
        BlockTarget(1, 1, COPY_CODE),
        ControlKind.NEXT_VERSION,
        ControlKind.COPY,
        ControlKind.REGENERATE,
        ControlKind.REGENERATE_LEVEL,
        ControlKind.DELETE,
        ControlKind.MORE,
    ]


def test_arrows_move_by_message_and_enter_presses(rig: Rig) -> None:
    rig.model.set_rows([question("q1"), answer("a1", "x"), question("q2"), answer("a2", "y")])
    rig.take_focus()
    for _ in range(2):
        rig.key(Qt.Key.Key_Up)
    assert rig.view.keyboard_focus.row == 1
    rig.key(Qt.Key.Key_Return)
    rig.key(Qt.Key.Key_Right)
    rig.key(Qt.Key.Key_Return)
    assert [(a.kind, a.message_id) for a in rig.actions] == [
        (ActionKind.REGENERATE, MessageId("a1"))
    ]


def test_escape_goes_out_step_by_step(rig: Rig) -> None:
    rig.model.set_rows([question("q1"), answer("a1", "x")])
    rig.take_focus()
    rig.key(Qt.Key.Key_Return)
    rig.key(Qt.Key.Key_Escape)
    assert (rig.view.keyboard_focus.target, rig.n_left) == (None, 0)
    rig.key(Qt.Key.Key_Escape)
    assert rig.n_left == 1


def test_tab_leaves_the_transcript_after_the_last_control(rig: Rig) -> None:
    from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

    window = QWidget()
    rig.qtbot.addWidget(window)
    field = QLineEdit()
    layout = QVBoxLayout(window)
    layout.addWidget(rig.view)
    layout.addWidget(field)
    rig.model.set_rows([question("q1"), answer("a1", "x")])
    with rig.qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    rig.take_focus()
    for _ in range(6):
        rig.key(Qt.Key.Key_Tab)
    assert window.focusWidget() is field
    layout.removeWidget(rig.view)
    rig.view.setParent(None)


def test_alt_and_arrows_change_the_version(rig: Rig) -> None:
    rig.model.set_rows([question("q1"), answer("a1", "x", version=2, n_versions=3)])
    rig.view.setFocus()
    rig.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    rig.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert [a.kind for a in rig.actions] == [
        ActionKind.PREVIOUS_VERSION,
        ActionKind.NEXT_VERSION,
    ]


def test_shift_and_arrows_select_by_message(rig: Rig) -> None:
    rig.model.set_rows([question("q1", "One"), answer("a1", "Two"), question("q2", "Three")])
    rig.take_focus()
    rig.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert rig.view.selected_text() == "Three"
    rig.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert rig.view.selected_text() == "Two\n\nThree"


def test_ctrl_c_without_a_selection_copies_the_current_message(rig: Rig) -> None:
    rig.model.set_rows([question("q1", "One"), answer("a1", "**Two**")])
    rig.take_focus()
    rig.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "**Two**"


# -- looks


def test_the_theme_is_followed_live(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", EVERYTHING)])
    rig.draw()
    rig.view.set_palette_colors(TranscriptPalette.dark())
    image = rig.view.viewport().grab().toImage()
    assert QColor(image.pixel(2, 2)) == TranscriptPalette.dark().ground


def test_ctrl_and_the_wheel_zoom_within_limits(rig: Rig) -> None:
    told: list[int] = []
    rig.view.zoom_changed.connect(told.append)
    rig.model.set_rows([question("q"), answer("a", EVERYTHING)])
    rig.draw()
    height = rig.view.item(1).height
    for _ in range(20):
        wheel(rig, 1, Qt.KeyboardModifier.ControlModifier)
    assert told[-1] == 200
    rig.draw()
    assert rig.view.item(1).height > height * 1.5
    for _ in range(30):
        wheel(rig, -1, Qt.KeyboardModifier.ControlModifier)
    assert told[-1] == 80


def test_statistics_are_shown_and_can_be_hidden(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x")])
    assert "23.4 tok/s" in rig.view.item(1).statistics_text()
    rig.view.set_shows_statistics(False)
    assert rig.view.item(1).statistics_text() == ""


def test_showing_and_hiding_actions_never_changes_a_height(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "x"), question("q2")])
    rig.draw()
    heights = [rig.view.item(n).height for n in range(3)]
    rig.take_focus()
    rig.key(Qt.Key.Key_Up)
    rig.draw()
    assert [rig.view.item(n).height for n in range(3)] == heights


def test_wide_tables_scroll_inside_themselves(rig: Rig) -> None:
    row = "|" + "|".join("longwordwithoutspaces" for _ in range(14)) + "|"
    rule = "|" + "---|" * 14
    rig.model.set_rows([question("q"), answer("a", f"{row}\n{rule}\n{row}")])
    rig.draw()
    block = rig.view.item(1).body.blocks[0]
    assert block.overflow() > 0
    assert block.width <= rig.view.column.width()
    assert block.scroll_by(50)


def test_changing_a_shown_text_shows_the_new_one(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "old text")])
    rig.model.update_row(replace(answer("a", "new text")))
    rig.view.select_all()
    assert rig.view.selected_text().endswith("new text")


def test_going_on_with_a_stopped_answer_appends(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", "half", reason=FinishReason.CANCELLED)])
    rig.model.update_row(answer("a", "half", is_live=True))
    rig.say("a", " and whole")
    rig.model.update_row(answer("a", "half and whole"))
    rig.view.select_all()
    assert rig.view.selected_text().endswith("half and whole")


def test_a_mirrored_window_leaves_the_column_as_it_is(rig: Rig) -> None:
    rig.model.set_rows([question("q"), answer("a", EVERYTHING)])
    rig.settle()
    before = rig.view.viewport().grab().toImage()
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        rig.draw()
        assert rig.view.viewport().grab().toImage() == before
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
