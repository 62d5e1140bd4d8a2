"""Answers in the terminal: `lumbre --ask`."""

from __future__ import annotations

import datetime
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from app.core.errors import Cancelled, LumbreError
from app.core.generation import (
    GREEDY,
    Delta,
    Engine,
    GenerationEnded,
    GenerationRequest,
    LoadRequest,
    budget_for,
)
from app.core.harmony import Prompt, PromptMessage, SystemSettings
from app.core.message import Channel, FinishReason, ReasoningEffort, Role
from app.core.settings import Settings

EXIT_OK, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


def ask(
    engine: Engine,
    model: Path,
    text: str,
    settings: Settings,
    *,
    reasoning: ReasoningEffort,
    shows_thinking: bool,
    as_json: bool,
    is_greedy: bool,
) -> int:
    """Answer one question on stdout; nothing is kept. Ctrl+C stops and keeps what has come.

    Returns:
        0, or 1 after a sentence on stderr.
    """
    today = datetime.date.today().isoformat() if settings.tells_date else None
    request = GenerationRequest(
        Prompt(
            (PromptMessage(Role.USER, text),),
            SystemSettings(reasoning, today),
            settings.instructions,
        ),
        sampling=GREEDY if is_greedy else settings.sampling,
        budget=budget_for(reasoning),
    )
    load = LoadRequest(model, settings.engine)

    def on_interrupt(_: int, __: FrameType | None) -> None:
        load.cancel.cancel()
        request.cancel.cancel()

    earlier = signal.signal(signal.SIGINT, on_interrupt)
    try:
        engine.load(load)
        printer = _Printer(shows_thinking=shows_thinking, is_silent=as_json)
        ended = None
        for event in engine.generate(request):
            if isinstance(event, Delta):
                printer.take(event)
            elif isinstance(event, GenerationEnded):
                ended = event
        if ended is None:
            raise LumbreError("the engine ended without a result")
    except Cancelled:
        print("Stopped.", file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    except LumbreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return EXIT_FAILED
    finally:
        signal.signal(signal.SIGINT, earlier)
    printer.finish()
    if as_json:
        _print_json(printer, ended, reasoning, engine)
    return EXIT_OK if ended.finish_reason is not FinishReason.CANCELLED else EXIT_FAILED


class _Printer:
    """Writes the channels to stdout as they come and keeps them for the JSON object."""

    def __init__(self, *, shows_thinking: bool, is_silent: bool) -> None:
        self.texts = {Channel.ANALYSIS: "", Channel.FINAL: ""}
        self._shows_thinking = shows_thinking
        self._is_silent = is_silent

    def take(self, delta: Delta) -> None:
        """Add a delta."""
        channel = Channel.FINAL if delta.channel is Channel.FINAL else Channel.ANALYSIS
        is_first = not self.texts[channel]
        self.texts[channel] += delta.text
        if self._is_silent:
            return
        if channel is Channel.ANALYSIS:
            if self._shows_thinking:
                self._write(("[thinking] " if is_first else "") + delta.text)
        else:
            gap = "\n\n" if is_first and self._shows_thinking else ""
            self._write(gap + delta.text)

    def finish(self) -> None:
        """End the line."""
        if not self._is_silent:
            self._write("\n")

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def _print_json(
    printer: _Printer, ended: GenerationEnded, reasoning: ReasoningEffort, engine: Engine
) -> None:
    loaded = engine.loaded
    answer = {
        "answer": printer.texts[Channel.FINAL],
        "thinking": printer.texts[Channel.ANALYSIS],
        "reasoning": reasoning.value,
        "finish_reason": ended.finish_reason.value,
        "model": loaded.card.name if loaded is not None else "",
        "stats": asdict(ended.stats),
    }
    print(json.dumps(answer, ensure_ascii=False))  # noqa: T201
