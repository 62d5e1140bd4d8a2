"""Writing a message: keys, input methods, pastes, editing, what can be pressed when."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.attachment import MAX_TEXT_CHARACTERS, Attachment, AttachmentKind
from app.core.message import ReasoningEffort
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.composer import Composer, DraftChanged, MessageSent
from app.ui.composer_chips import MOST_CHIPS
from app.ui.composer_edit import LARGE_PASTE, MAX_LINES
from app.ui.context_meter import ContextUse

MEDIUM = ReasoningEffort.MEDIUM


class Heard:
    """A composer with what it has told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.composer = Composer()
        qtbot.addWidget(self.composer)
        self.composer.resize(700, 300)
        self.composer.set_phase(PhaseChanged(Phase.READY))
        self.composer.show()
        self.sent: list[MessageSent] = []
        self.drafts: list[str] = []
        self.attached: list[tuple[Attachment, ...]] = []
        self.stops: list[None] = []
        self.composer.message_sent.connect(self.sent.append)
        self.composer.draft_changed.connect(self._on_draft)
        self.composer.stop_requested.connect(lambda: self.stops.append(None))

    def _on_draft(self, event: DraftChanged) -> None:
        self.drafts.append(event.text)
        self.attached.append(event.attachments)

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.qtbot.keyClick(self.composer.edit, key, modifier)

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.composer.edit, text)

    def paste(self, text: str) -> None:
        data = QMimeData()
        data.setText(text)
        self.composer.edit.insertFromMimeData(data)


@pytest.fixture
def heard(qtbot: QtBot) -> Heard:
    return Heard(qtbot)


def test_enter_sends_and_empties_the_field(heard: Heard) -> None:
    heard.type("Hello")
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == [MessageSent("Hello", MEDIUM)]
    assert heard.composer.full_text() == ""
    assert heard.drafts[-1] == ""


def test_shift_enter_begins_a_new_line(heard: Heard) -> None:
    heard.type("a")
    heard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    heard.type("b")
    assert heard.sent == []
    assert heard.composer.full_text() == "a\nb"


def test_by_choice_only_ctrl_enter_sends(heard: Heard) -> None:
    heard.composer.set_sends_with_ctrl_enter(True)
    heard.type("a")
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == []
    heard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [m.text for m in heard.sent] == ["a"]


def test_the_enter_of_the_number_pad_sends_too(heard: Heard) -> None:
    heard.type("a")
    heard.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert [m.text for m in heard.sent] == ["a"]


def test_enter_never_sends_in_the_middle_of_an_input_method(heard: Heard) -> None:
    heard.composer.edit.insertPlainText("あ")
    edit = heard.composer.edit
    QApplication.sendEvent(edit, QInputMethodEvent("に", []))
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == []
    committed = QInputMethodEvent("", [])
    committed.setCommitString("日")
    QApplication.sendEvent(edit, committed)
    heard.press(Qt.Key.Key_Return)
    assert [m.text for m in heard.sent] == ["あ日"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_a_blank_message_is_not_sent(heard: Heard, text: str) -> None:
    heard.composer.set_draft(text)
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == []


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.READY])
def test_sending_waits_for_the_engine_but_typing_does_not(heard: Heard, phase: Phase) -> None:
    heard.composer.set_phase(PhaseChanged(phase, 0.5))
    heard.type("Hello")
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == []
    assert heard.composer.full_text() == "Hello"


@pytest.mark.parametrize("phase", [Phase.NO_MODEL, Phase.LOADING, Phase.ENGINE_STOPPED])
def test_the_reason_for_waiting_can_be_seen(heard: Heard, phase: Phase) -> None:
    assert heard.composer.shown_reason == ""
    heard.composer.set_phase(PhaseChanged(phase, 0.25))
    assert heard.composer.shown_reason
    assert ("25" in heard.composer.shown_reason) == (phase is Phase.LOADING)
    heard.composer.set_explains(False)
    assert heard.composer.shown_reason == ""


@pytest.mark.parametrize("phase", [Phase.READING, Phase.THINKING, Phase.ANSWERING])
def test_send_is_stop_while_an_answer_is_written(heard: Heard, phase: Phase) -> None:
    button = heard.composer.bar.send_button
    place = button.geometry()
    assert button.accessibleName() == "Send"
    heard.composer.set_phase(PhaseChanged(phase))
    assert button.accessibleName() == "Stop the answer"
    assert button.geometry() == place
    heard.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard.stops == [None]


def test_stop_is_pressed_once(heard: Heard) -> None:
    heard.composer.set_phase(PhaseChanged(Phase.STOPPING))
    assert not heard.composer.bar.send_button.isEnabled()


def test_answer_now_is_offered_only_while_the_model_thinks(heard: Heard) -> None:
    offered = []
    for phase in Phase:
        heard.composer.set_phase(PhaseChanged(phase))
        if heard.composer.offers_answer_now:
            offered.append(phase)
    assert offered == [Phase.THINKING]


def test_the_chosen_level_goes_with_the_message(heard: Heard) -> None:
    chosen: list[ReasoningEffort] = []
    heard.composer.bar.reasoning_box.effort_chosen.connect(lambda e: chosen.append(e.effort))
    box = heard.composer.bar.reasoning_box
    heard.qtbot.keyClick(box, Qt.Key.Key_Down)
    assert chosen == [ReasoningEffort.HIGH]
    heard.type("Hard one")
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == [MessageSent("Hard one", ReasoningEffort.HIGH)]


def test_showing_a_level_tells_nobody_and_explains_its_cost(heard: Heard) -> None:
    chosen: list[object] = []
    heard.composer.bar.reasoning_box.effort_chosen.connect(chosen.append)
    tips = set()
    for effort in ReasoningEffort:
        heard.composer.set_reasoning(effort)
        assert heard.composer.reasoning is effort
        tips.add(heard.composer.bar.reasoning_box.toolTip())
    assert chosen == []
    assert len(tips) == 3 and all(tips)


def test_the_field_grows_to_ten_lines_and_then_scrolls(heard: Heard) -> None:
    edit = heard.composer.edit
    heights = []
    for n_lines in range(1, MAX_LINES + 4):
        edit.setPlainText("\n".join("x" * n_lines))
        heights.append(edit.sizeHint().height())
    growing = heights[:MAX_LINES]
    assert growing == sorted(set(growing))
    assert set(heights[MAX_LINES:]) == {growing[-1]}
    assert edit.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_a_wrapped_line_counts_as_the_lines_that_are_seen(heard: Heard) -> None:
    edit = heard.composer.edit
    one_line = edit.sizeHint().height()
    edit.setPlainText("word " * 100)
    assert edit.sizeHint().height() > 2 * one_line


def test_a_large_paste_becomes_a_chip_and_goes_with_the_words(heard: Heard) -> None:
    large = Attachment("line\n" * 50_000, kind=AttachmentKind.PASTE)
    heard.type("Summarise:")
    heard.paste(large.text)
    assert heard.composer.edit.toPlainText() == "Summarise:"
    assert (heard.drafts[-1], heard.attached[-1]) == ("Summarise:", (large,))
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == [MessageSent("Summarise:", MEDIUM, (large,))]
    assert heard.composer.chips.attachments() == ()
    assert (heard.drafts[-1], heard.attached[-1]) == ("", ())


def test_a_chip_can_be_sent_alone_and_removed(heard: Heard) -> None:
    heard.paste("x" * (LARGE_PASTE + 1))
    assert heard.composer.bar.send_button.isEnabled()
    heard.press(Qt.Key.Key_Return)
    assert [(m.text, len(m.attachments)) for m in heard.sent] == [("", 1)]
    heard.paste("x" * (LARGE_PASTE + 1))
    heard.composer.chips.remove_at(0)
    assert heard.attached[-1] == ()
    assert not heard.composer.bar.send_button.isEnabled()


def test_more_than_any_context_holds_is_refused(heard: Heard) -> None:
    heard.type("kept")
    with heard.qtbot.waitSignal(heard.composer.paste_refused):
        heard.paste("x" * (MAX_TEXT_CHARACTERS + 1))
    assert heard.composer.full_text() == "kept"


def test_a_small_paste_is_plain_text(heard: Heard) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    heard.composer.edit.insertFromMimeData(data)
    assert heard.composer.edit.toPlainText() == "bold"


def test_a_draft_comes_back_as_it_was_and_tells_nobody(heard: Heard) -> None:
    heard.composer.set_draft("left here")
    assert heard.composer.full_text() == "left here"
    long = "y" * (LARGE_PASTE + 1)
    heard.composer.set_draft(long, (Attachment("a", "a.txt"),))
    assert heard.composer.full_text() == ""
    pasted = Attachment(long, kind=AttachmentKind.PASTE)
    assert heard.composer.chips.attachments() == (Attachment("a", "a.txt"), pasted)
    assert heard.drafts == []


def test_a_message_that_could_not_be_sent_stands_before_what_was_typed_since(
    heard: Heard,
) -> None:
    heard.type("newer")
    heard.composer.return_text("older", (Attachment("a", "a.txt"),))
    assert heard.composer.full_text() == "older\n\nnewer"
    assert heard.drafts[-1] == "older\n\nnewer"
    assert heard.attached[-1] == (Attachment("a", "a.txt"),)
    heard.composer.return_text("", ())
    assert heard.composer.full_text() == "older\n\nnewer"


def test_up_in_an_empty_field_asks_to_edit_the_last_message(heard: Heard) -> None:
    with heard.qtbot.waitSignal(heard.composer.edit_last_requested):
        heard.press(Qt.Key.Key_Up)
    heard.type("a")
    with heard.qtbot.assertNotEmitted(heard.composer.edit_last_requested):
        heard.press(Qt.Key.Key_Up)


def test_what_was_typed_can_be_undone(heard: Heard) -> None:
    heard.type("abc")
    heard.composer.edit.undo()
    assert heard.composer.full_text() == ""


def test_every_control_has_a_name_and_is_large_enough(heard: Heard) -> None:
    composer = heard.composer
    for control in (composer.bar.send_button, composer.bar.reasoning_box, composer.edit):
        assert control.accessibleName()
    assert min(composer.bar.send_button.width(), composer.bar.send_button.height()) >= 32


FILE = Attachment("a b c", "notes.txt")


def test_a_chip_says_its_name_and_its_length_and_learns_the_exact_one(heard: Heard) -> None:
    heard.composer.attach(FILE)
    (chip,) = heard.composer.chips.chips
    assert chip.open_button.accessibleName() == "notes.txt · about 1 token"
    heard.composer.chips.take_count("another text", 9)
    heard.composer.chips.take_count("a b c", 3)
    assert chip.open_button.accessibleName() == "notes.txt · 3 tokens"
    assert heard.composer.chips.attachments()[0].n_tokens == 3


def test_chips_are_opened_and_removed_with_the_keyboard(heard: Heard) -> None:
    opened: list[Attachment] = []
    heard.composer.chips.opened.connect(lambda e: opened.append(e.attachment))
    heard.composer.attach(FILE)
    heard.composer.attach(Attachment("2", "second.txt"))
    first, second = (chip.open_button for chip in heard.composer.chips.chips)
    heard.qtbot.keyClick(first, Qt.Key.Key_Return)
    heard.qtbot.keyClick(second, Qt.Key.Key_Space)
    assert [a.name for a in opened] == ["notes.txt", "second.txt"]
    heard.qtbot.keyClick(first, Qt.Key.Key_Delete)
    assert [a.name for a in heard.composer.chips.attachments()] == ["second.txt"]
    heard.qtbot.waitUntil(second.hasFocus)
    heard.qtbot.keyClick(second, Qt.Key.Key_Backspace)
    heard.qtbot.waitUntil(heard.composer.edit.hasFocus)


def test_what_is_hidden_in_a_name_is_made_visible(heard: Heard) -> None:
    heard.composer.attach(Attachment("<b>x</b>", "a\u202egpj.exe &x"))
    (chip,) = heard.composer.chips.chips
    assert "\u202e" not in chip.open_button.text()
    assert "&&x" in chip.open_button.text()
    assert "<b>" not in chip.open_button.toolTip()
    assert "\u202e" not in chip.remove_button.accessibleName()


def test_a_message_takes_no_more_attachments_than_the_most(heard: Heard) -> None:
    for number in range(MOST_CHIPS):
        heard.composer.attach(Attachment(str(number)))
    with heard.qtbot.waitSignal(heard.composer.chip_refused):
        heard.composer.attach(FILE)
    assert len(heard.composer.chips.attachments()) == MOST_CHIPS


def test_what_does_not_fit_the_context_is_said_before_it_is_sent(heard: Heard) -> None:
    heard.composer.set_context_use(ContextUse(100, 4096))
    heard.composer.attach(Attachment("x", "small.txt", n_tokens=10))
    assert heard.composer.shown_reason == ""
    heard.composer.attach(Attachment("y", "large.txt", n_tokens=10_000))
    assert "large.txt" in heard.composer.shown_reason
    assert "22\u00a0%" in heard.composer.shown_reason
    assert heard.composer.bar.meter.use.n_used < 4096
    heard.composer.attach(Attachment("z", "larger.txt", n_tokens=20_000))
    assert heard.composer.shown_reason.startswith("2 attachments do not fit")
    heard.composer.chips.clear()
    assert heard.composer.shown_reason == ""


def test_a_message_waits_for_a_file_that_is_being_read(heard: Heard) -> None:
    number = heard.composer.chips.begin_reading("large\u202e report.pdf")
    assert heard.composer.chips.isVisible()
    assert heard.composer.chips.names_being_read == ("large⟨U+202E⟩ report.pdf",)
    heard.type("What is it?")
    heard.press(Qt.Key.Key_Return)
    assert heard.sent == []
    assert "is being read" in heard.composer.shown_reason
    heard.composer.chips.end_reading(number)
    assert heard.composer.shown_reason == ""
    assert not heard.composer.chips.isVisible()
    heard.press(Qt.Key.Key_Return)
    assert [m.text for m in heard.sent] == ["What is it?"]
