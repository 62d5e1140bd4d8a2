"""Asking an engine and collecting what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.generation import (
    GREEDY,
    ChannelBudget,
    Delta,
    Engine,
    EngineSettings,
    GenerationEnded,
    GenerationEvent,
    GenerationRequest,
    PrefillProgress,
    SamplingParams,
)
from app.core.harmony import OpenAnswer, Prompt, PromptMessage, SystemSettings
from app.core.message import Channel, Role

SHORT = ChannelBudget(n_analysis=24, n_final=24)
SETTINGS = EngineSettings(n_ctx=1024, n_ubatch=64, n_threads=1, n_gpu_layers=0)
_NO_SYSTEM = SystemSettings()
_NOTHING_YET = OpenAnswer()


@dataclass(frozen=True)
class Outcome:
    """All events of one answer."""

    events: tuple[GenerationEvent, ...]

    @property
    def deltas(self) -> tuple[Delta, ...]:
        return tuple(e for e in self.events if isinstance(e, Delta))

    @property
    def progress(self) -> tuple[PrefillProgress, ...]:
        return tuple(e for e in self.events if isinstance(e, PrefillProgress))

    def text(self, channel: Channel) -> str:
        return "".join(d.text for d in self.deltas if d.channel is channel)

    @property
    def thinking(self) -> str:
        return self.text(Channel.ANALYSIS)

    @property
    def answer(self) -> str:
        return self.text(Channel.FINAL)

    @property
    def ended(self) -> GenerationEnded:
        ended = self.events[-1]
        assert isinstance(ended, GenerationEnded)
        return ended


def user(text: str) -> PromptMessage:
    return PromptMessage(Role.USER, text)


def said(text: str) -> PromptMessage:
    return PromptMessage(Role.ASSISTANT, text, Channel.FINAL)


def request(
    *messages: PromptMessage,
    sampling: SamplingParams = GREEDY,
    budget: ChannelBudget = SHORT,
    system: SystemSettings = _NO_SYSTEM,
    instructions: str = "",
    open_answer: OpenAnswer = _NOTHING_YET,
) -> GenerationRequest:
    prompt = Prompt(messages, system, instructions, open_answer=open_answer)
    return GenerationRequest(prompt, sampling=sampling, budget=budget)


def ask(
    engine: Engine,
    wanted: GenerationRequest,
    on_event: Callable[[GenerationEvent], None] = lambda _: None,
) -> Outcome:
    """Generate to the end; `on_event` sees each event as it comes."""
    events = []
    for event in engine.generate(wanted):
        events.append(event)
        on_event(event)
    return Outcome(tuple(events))
