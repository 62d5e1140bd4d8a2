"""The panel about speed and memory."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from app.core.message import GenerationStats
from app.ui.chat_events import Phase
from app.ui.performance_log import AnswerNote, LiveSpeed, ReadingAhead
from app.ui.performance_panel import PerformancePanel
from app.ui.performance_words import live_text, reuse_rows
from app.ui.shortcuts import CommandId
from app.ui.size_words import number_text, size_text
from tests.fixtures.scripted_engine import HELLO, Pause, said, thought
from tests.ui.window_rig import MakeWindow, Window, make_window, theme

__all__ = ["make_window", "theme"]


def open_panel(window: Window) -> PerformancePanel:
    window.act(CommandId.PERFORMANCE)
    panel = window.widget.findChild(PerformancePanel)
    assert isinstance(panel, PerformancePanel) and panel.isVisible()
    return panel


def facts_of(panel: PerformancePanel) -> dict[str, str]:
    return {row[0]: row[1] for row in panel.facts.row_texts()}


def test_model_memory_and_build_are_shown(make_window: MakeWindow) -> None:
    panel = open_panel(make_window())
    facts = facts_of(panel)
    assert facts["Model"] == "Scripted model · MXFP4"
    assert facts["Device"] == "CPU"
    assert facts["Context, tokens"] == number_text(8192)
    assert facts["Memory of the process"] == size_text(2 * 10**9)
    assert facts["of these not to be dropped"] == size_text(6 * 10**8)
    assert facts["llama.cpp"] == "llama.cpp of a test"
    assert panel.live == "Now: Nothing"


def test_without_a_model_it_says_so(make_window: MakeWindow) -> None:
    facts = facts_of(open_panel(make_window(loads=False)))
    assert facts["Model"] == "None is loaded"
    assert "Device" not in facts


def test_answers_are_listed_newest_first(make_window: MakeWindow) -> None:
    window = make_window(HELLO, (said("Yes"),))
    panel = open_panel(window)
    window.ask_and_wait("Hi")
    window.ask_and_wait("And?")
    panel.refresh()
    rows = panel.answers.row_texts()
    assert [row[0] for row in rows] == ["Scripted model", "Scripted model"]
    assert rows[0][1:4] == ["10", "0", "10"]


def test_what_was_read_ahead_is_counted(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    panel = open_panel(window)
    window.ask_and_wait("Hi")

    def is_counted() -> bool:
        panel.refresh()
        return facts_of(panel)["Read ahead"].startswith("10 tokens in ")

    window.chat.wait_for(is_counted)
    assert facts_of(panel)["Read ahead"].endswith("1 of 1 times to the end")


def test_a_running_answer_is_followed_live(make_window: MakeWindow) -> None:
    pause = Pause()
    window = make_window((thought("hm"), said("So"), pause))
    panel = open_panel(window)
    window.ask("Hi")
    window.chat.wait_until(Phase.ANSWERING)
    panel.refresh()
    assert panel.live.startswith("Now: Writing: 2 tokens")
    pause.gate.set()
    window.chat.wait_until(Phase.READY)


def test_all_of_it_can_be_copied(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    window.ask_and_wait("Hi")
    panel = open_panel(window)
    panel.copy_button.click()
    text = QGuiApplication.clipboard().text()
    assert "Model\tScripted model · MXFP4\n" in text
    assert "Scripted model\t10\t0\t10\t" in text


def test_the_chosen_row_stays_when_numbers_change(make_window: MakeWindow) -> None:
    window = make_window(HELLO)
    panel = open_panel(window)
    panel.facts.setCurrentCell(4, 0)
    window.ask_and_wait("Hi")
    panel.refresh()
    assert panel.facts.currentRow() == 4


def test_it_closes_with_the_window(make_window: MakeWindow) -> None:
    window = make_window()
    panel = open_panel(window)
    window.widget.close()
    assert not panel.isVisible()


def test_the_share_of_reused_tokens_is_of_all_prompts() -> None:
    notes = [
        AnswerNote("m", GenerationStats(n_prompt=100, n_reused=0, n_final=5)),
        AnswerNote("m", GenerationStats(n_prompt=300, n_reused=260, n_final=5)),
    ]
    rows = dict(reuse_rows(notes, ReadingAhead(3, 2, 500, 40, 12.34)))
    assert rows["Found in the KV cache"] == "260 of 400 tokens of the prompts (65 %)"
    assert rows["Read ahead"] == "500 tokens in 12.3 s; 2 of 3 times to the end"


def test_what_goes_on_is_said_in_words() -> None:
    reading = LiveSpeed(prefill_tps=45.21, n_read=120, n_to_read=400)
    assert live_text(reading, is_reading_ahead=False) == (
        "Reading: 120 of 400 tokens, 45.2 tokens/s"
    )
    assert live_text(LiveSpeed(), is_reading_ahead=True) == "Reading ahead"


def test_the_keyboard_s_focus_is_no_box_in_one_cell(make_window: MakeWindow) -> None:
    window = make_window()
    table = open_panel(window).facts
    table.setFocus()
    window.qtbot.waitUntil(table.hasFocus)
    picture = table.viewport().grab().toImage()
    cell = table.visualRect(table.model().index(table.currentRow(), 0))
    beside_text = cell.right() - 20
    colors = {
        picture.pixelColor(beside_text, y).name() for y in range(cell.top(), cell.bottom())
    }
    assert len(colors) == 1
