"""What the performance panel says, as rows of texts in the language of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale

from app.core.generation import LoadedModel
from app.core.process_memory import ProcessMemory
from app.ui.performance_log import AnswerNote, LiveSpeed, ReadingAhead
from app.ui.size_words import number_text, size_text

Row = tuple[str, str]

translate = QCoreApplication.translate


def speed_text(tokens_per_second: float) -> str:
    """As "8.1 tokens/s"; a dash when nothing was measured."""
    if tokens_per_second <= 0:
        return "-"
    text = translate("Performance", "{speed} tokens/s")
    return text.replace("{speed}", QLocale().toString(tokens_per_second, "f", 1))


def seconds_text(seconds: float) -> str:
    """As "1.2 s"."""
    return f"{QLocale().toString(seconds, 'f', 1)} s"


def live_text(live: LiveSpeed, *, is_reading_ahead: bool) -> str:
    """What the engine does at this moment."""
    if live.n_to_read:
        text = translate("Performance", "Reading: {done} of {total} tokens, {speed}")
        text = text.replace("{done}", number_text(live.n_read))
        text = text.replace("{total}", number_text(live.n_to_read))
        return text.replace("{speed}", speed_text(live.prefill_tps))
    if live.n_written:
        text = translate("Performance", "Writing: {n} tokens, {speed}")
        text = text.replace("{n}", number_text(live.n_written))
        return text.replace("{speed}", speed_text(live.decode_tps))
    if is_reading_ahead:
        return translate("Performance", "Reading ahead")
    return translate("Performance", "Nothing")


def model_rows(loaded: LoadedModel | None, build: str) -> list[Row]:
    """What answers, on what, with which buffers."""
    rows = []
    if loaded is None:
        rows.append(
            (translate("Performance", "Model"), translate("Performance", "None is loaded"))
        )
    else:
        card = loaded.card
        rows += [
            (translate("Performance", "Model"), f"{card.name} · {card.quantization}"),
            (translate("Performance", "Device"), loaded.device),
            (translate("Performance", "Threads"), number_text(loaded.n_threads)),
            (translate("Performance", "Context, tokens"), number_text(loaded.n_ctx)),
            (translate("Performance", "Tokens read at once"), number_text(loaded.n_ubatch)),
            (translate("Performance", "KV cache"), size_text(loaded.kv_cache_bytes)),
            (
                translate("Performance", "Compute buffers"),
                size_text(loaded.compute_buffer_bytes),
            ),
            (translate("Performance", "Loaded in"), seconds_text(loaded.load_seconds)),
        ]
        if loaded.n_gpu_layers:
            layers = translate("Performance", "Layers on the graphics card")
            rows.insert(3, (layers, number_text(loaded.n_gpu_layers)))
    rows.append(("llama.cpp", build))
    return rows


def memory_rows(memory: ProcessMemory) -> list[Row]:
    """What this process takes."""
    rows = [(translate("Performance", "Memory of the process"), size_text(memory.resident))]
    if memory.anonymous is not None:
        name = translate("Performance", "of these not to be dropped")
        rows.append((name, size_text(memory.anonymous)))
    return rows


def reuse_rows(answers: Sequence[AnswerNote], ahead: ReadingAhead) -> list[Row]:
    """What did not have to be read, and what was read before anybody asked."""
    rows = []
    n_prompt = sum(a.stats.n_prompt for a in answers)
    if n_prompt:
        n_reused = sum(a.stats.n_reused for a in answers)
        text = translate("Performance", "{n} of {all} tokens of the prompts ({percent} %)")
        text = text.replace("{n}", number_text(n_reused))
        text = text.replace("{all}", number_text(n_prompt))
        text = text.replace("{percent}", str(round(100 * n_reused / n_prompt)))
        rows.append((translate("Performance", "Found in the KV cache"), text))
    text = translate(
        "Performance", "{n} tokens in {time}; {complete} of {runs} times to the end"
    )
    text = text.replace("{n}", number_text(ahead.n_tokens))
    text = text.replace("{time}", seconds_text(ahead.seconds))
    text = text.replace("{complete}", number_text(ahead.n_complete))
    text = text.replace("{runs}", number_text(ahead.n_runs))
    rows.append((translate("Performance", "Read ahead"), text))
    return rows


def answer_headings() -> tuple[str, ...]:
    """Columns of the table of answers."""
    return (
        translate("Performance", "Answer"),
        translate("Performance", "Prompt"),
        translate("Performance", "Reused"),
        translate("Performance", "Read"),
        translate("Performance", "Reading"),
        translate("Performance", "Writing"),
        translate("Performance", "First word"),
    )


def answer_row(note: AnswerNote) -> tuple[str, ...]:
    """One answer as a row under `answer_headings`."""
    stats = note.stats
    return (
        note.model_name,
        number_text(stats.n_prompt),
        number_text(stats.n_reused),
        number_text(stats.n_prompt - stats.n_reused),
        speed_text(stats.prefill_tps),
        speed_text(stats.decode_tps),
        seconds_text(stats.ttft_ms / 1000),
    )
