"""Looking for better settings: few trials, in turns with the automatic ones.

A computer that does other things beside makes any single measurement worthless. So a value is
measured in the same rounds as the automatic one; the middle of its rounds must save more than
`LEAST_GAIN` of the time, and the slowest of them be faster than any of the automatic one's.
Else all stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Protocol

from app.core.errors import ModelError
from app.core.generation import EngineSettings
from app.core.machine import Machine
from app.core.memory_plan import plan_load
from app.core.model_card import ModelCard
from app.core.plan_words import Verdict
from app.core.tuning import Knob, Speeds, Tuned, TuneProgress, TuneTrial
from app.engine.tune_messages import TuneReply
from app.engine.tune_rounds import Round, both, is_steady, middle

LEAST_GAIN = 0.03
_LEAST_BATCH_GAIN = 0.1  # of reading alone
_LEAST_GAIN_AT_ONCE = 0.15  # from two rounds
BUDGET_S = 108.0  # all together; what does not fit is not tried
_LARGE_GAIN = 0.25  # believed without being confirmed
_SLICE_S = 0.7  # of one measurement
_ROUNDS = 3  # of threads: nothing has to be loaded between them
_LOAD_ROUNDS = 3  # of what needs another context
_LONG_ROUNDS = 2, 4  # of long prompts, which take long and are not confirmed
_LONG = (Knob.UBATCH, Knob.FLASH_ATTENTION)  # show in long prompts only
_BATCHES = (256, 512, 1024, 2048)
_DEPTHS = (4096, 2048, 1024)  # tokens of a text before; after less it shows nothing
_DEPTH_SHARE = 0.75  # of the time that is left; what is read at once rarely matters as much
_MMAP_MARGIN = 2 << 30  # bytes that must be left when the whole file is copied


class Bench(Protocol):
    """One model in a process of its own."""

    def open(self, settings: EngineSettings) -> TuneReply:
        """Load with these settings."""
        ...

    def prefill_tps(self, n_tokens: int, n_threads: int = 0, n_before: int = 0) -> float:
        """Read a prompt, tokens per second; `n_threads` 0: as it was opened.

        After a text of `n_before` tokens, which is read only once for each way of attention.
        """
        ...

    def decode_tps(self, n_tokens: int, n_threads: int = 0, n_before: int = 0) -> float:
        """Write tokens, tokens per second; the same. `n_before` 0: after a few."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """What the search came to."""

    tuned: Tuned
    before: Speeds
    after: Speeds
    trials: tuple[TuneTrial, ...]
    device: str


class _TimeUpError(Exception):
    """The budget is spent."""


class Search:
    """One search; used once.

    Args:
        bench: measures.
        card: of the model.
        machine: this computer, with its devices where they may be used.
        settings: what is not None in them is not varied.
        on_progress: told after each measurement.
        clock: seconds; for tests.
    """

    def __init__(
        self,
        bench: Bench,
        card: ModelCard,
        machine: Machine,
        settings: EngineSettings,
        on_progress: Callable[[TuneProgress], None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._bench = bench
        self._card = card
        self._machine = machine
        self._settings = settings
        self._on_progress = on_progress
        self._clock = clock
        self._started = clock()
        self._trials: list[TuneTrial] = []
        self._tuned = Tuned()
        self._rough = Speeds(1.0, 1.0)
        self._n_prefill = self._n_decode = 0  # tokens of one measurement
        self._slice_s = 2 * _SLICE_S  # reading and writing
        self._load_seconds = 0.0

    def run(self) -> Found:
        """Search.

        Raises:
            ModelError: it does not load as it is.
            Cancelled: the bench was told to stop.
        """
        first = self._open(self._settings)
        self._gauge(first)
        try:
            self._try_threads(first)
            self._try_placement(first)
            self._try_mmap(first)
            self._try_flash_attention(first)
            self._try_batches(first)  # takes most of what is left
            before, after = self._confirm()
        except _TimeUpError:
            before, after = self._believe_the_large()
        self._on_progress(TuneProgress(1.0, tuple(self._trials)))
        return Found(self._tuned, before, after, tuple(self._trials), first.device)

    # ---- the values ----------------------------------------------------------------------

    def _gauge(self, first: TuneReply) -> None:
        """A rough look, so that every measurement takes about `_SLICE_S`."""
        self._rough = Speeds(self._bench.prefill_tps(32), self._bench.decode_tps(4))
        self._n_decode = _between(3, round(_SLICE_S * self._rough.decode_tps), 128)
        most = min(first.n_ubatch, 512)
        self._n_prefill = _between(16, round(_SLICE_S * self._rough.prefill_tps), most)
        rough = self._rough
        self._slice_s = self._n_prefill / rough.prefill_tps + self._n_decode / rough.decode_tps

    def _try_threads(self, first: TuneReply) -> None:
        if self._settings.n_threads is not None:
            return
        default = first.n_threads
        values = thread_counts(self._machine, default)
        while values and (len(values) + 1) * _ROUNDS * self._slice_s > self._left:
            values.pop(0)
        rounds: list[Round] = []
        for _ in range(_ROUNDS if values else 0):
            rounds.append({n: self._measure(n) for n in (default, *values)})
            self._tell()
        self._judge(Knob.THREADS, default, values, rounds)

    def _try_batches(self, first: TuneReply) -> None:
        if self._settings.n_ubatch is not None:
            return
        values = [
            n
            for n in _BATCHES
            if n != first.n_ubatch and n <= first.n_ctx and self._fits(n_ubatch=n)
        ]
        while values:
            n_tokens = max(*values, first.n_ubatch)
            cost = self._load_cost(n_tokens) * (len(values) + 1) * _LONG_ROUNDS[0]
            if cost <= self._left:
                break
            values.pop()
        if values:
            self._try_loads(Knob.UBATCH, first.n_ubatch, values, n_tokens)

    def _try_placement(self, first: TuneReply) -> None:
        """Experts in main memory; only beside a card that takes layers."""
        if self._settings.n_cpu_moe is not None or first.n_gpu_layers == 0:
            return
        steps = (first.n_cpu_moe - 2, first.n_cpu_moe - 1, first.n_cpu_moe + 2)
        values = [n for n in steps if 0 <= n <= self._card.n_layers and self._fits(n_cpu_moe=n)]
        self._try_loads(Knob.CPU_MOE, first.n_cpu_moe, values)

    def _try_mmap(self, first: TuneReply) -> None:
        """A copy instead of the mapped file, where memory allows it with ease."""
        if self._settings.use_mmap is not None or not first.use_mmap:
            return
        plan = plan_load(self._card, self._machine, replace(self._settings, use_mmap=False))
        if plan.verdict is Verdict.FITS and plan.ram_margin_bytes >= _MMAP_MARGIN:
            self._try_loads(Knob.MMAP, 1, [0])

    def _try_flash_attention(self, first: TuneReply) -> None:
        """Without it, on the processor: writing after a long text may be faster.

        llama.cpp decides by what a device can do, not by what is fast there. A card is left
        alone: what it computes was only ever compared with it on.
        """
        settings = replace(self._settings, flash_attention=False)
        if self._settings.flash_attention is not None or first.n_gpu_layers > 0:
            return
        if plan_load(self._card, self._machine, settings).flash_attention:
            return  # too little memory for the larger buffers
        for n_tokens in _DEPTHS:
            is_in_room = n_tokens + self._n_prefill + self._n_decode <= first.n_ctx
            reading = n_tokens / self._rough.prefill_tps
            cost = 2 * (reading + _LONG_ROUNDS[0] * (self._load_cost(0) + self._slice_s))
            if is_in_room and cost <= _DEPTH_SHARE * self._left:
                self._try_loads(Knob.FLASH_ATTENTION, 1, [0], n_before=n_tokens)
                return

    def _fits(self, **changed: Any) -> bool:
        settings = replace(self._settings, **changed)
        return plan_load(self._card, self._machine, settings).verdict is Verdict.FITS

    # ---- trying --------------------------------------------------------------------------

    def _try_loads(
        self,
        knob: Knob,
        default: int,
        values: Sequence[int],
        n_prefill: int = 0,
        n_before: int = 0,
    ) -> None:
        """Values that need another context or another load, in turns with the automatic one.

        What was not faster once is not tried again: all rounds would have to be.
        """
        cost = self._load_cost(n_prefill)
        n_least, n_most = _LONG_ROUNDS if knob in _LONG else (_LOAD_ROUNDS, _LOAD_ROUNDS)
        values = list(values)[: max(0, int(self._left / (cost * n_least)) - 1)]
        rounds: list[Round] = []
        hopeful = values
        for n_done in range(n_most):
            is_time = n_done < n_least or cost * (1 + len(hopeful)) <= self._left
            if not hopeful or not is_time:
                break
            measured = {}
            for value in (default, *hopeful):
                try:
                    self._open(self._with(knob, value))
                    measured[value] = self._measure(0, n_prefill, n_before)
                except ModelError:
                    if value == default:
                        raise
                    values = [v for v in values if v != value]
                self._tell()
            rounds.append(measured)
            hopeful = [v for v in values if is_steady(knob, *both(rounds, default, v))]
        self._judge(knob, default, values, rounds)

    def _with(self, knob: Knob, value: int) -> EngineSettings:
        settings = self._tuned.completing(self._settings)
        return replace(settings, **_change(knob, value))

    def _look_at_the_clock(self) -> None:
        """A computer that has become busy meanwhile makes every plan of the time wrong."""
        if self._clock() - self._started > BUDGET_S:
            raise _TimeUpError

    def _measure(self, n_threads: int = 0, n_prefill: int = 0, n_before: int = 0) -> Speeds:
        self._look_at_the_clock()
        n_read, started = n_prefill or self._n_prefill, self._clock()
        speeds = Speeds(
            self._bench.prefill_tps(n_read, n_threads, n_before),
            self._bench.decode_tps(self._n_decode, n_threads, n_before),
        )
        if self._clock() - started > 4 * self._slice_s and not (n_prefill or n_before):
            self._n_prefill = max(16, self._n_prefill // 2)
            self._n_decode = max(3, self._n_decode // 2)
        return speeds

    def _judge(
        self,
        knob: Knob,
        default: int,
        values: Sequence[int],
        rounds: Sequence[Round],
    ) -> None:
        """Take the best value when it is clearly better, and note all that were tried."""
        pairs = {v: both(rounds, default, v) for v in values}
        trials = [
            TuneTrial(knob, v, middle(before), middle(after))
            for v, (before, after) in pairs.items()
        ]
        least = _LEAST_BATCH_GAIN if knob is Knob.UBATCH else LEAST_GAIN
        if len(rounds) < _ROUNDS:
            least = _LEAST_GAIN_AT_ONCE
        good = [t for t in trials if t.gain > least and is_steady(knob, *pairs[t.value])]
        if good:
            best = max(good, key=lambda t: t.gain)
            self._tuned = replace(self._tuned, **_change(knob, best.value))
            trials = [replace(t, is_taken=t is best) for t in trials]
        self._trials += trials
        self._tell()

    def _confirm(self) -> tuple[Speeds, Speeds]:
        """All that was taken together, once more beside the automatic settings.

        What shows in long prompts only, for which there is no time again, stays as it was
        found.
        """
        ways = [self._settings]
        if not self._short.is_automatic:
            ways.append(self._tuned.completing(self._settings))
        seen: list[list[Speeds]] = [[] for _ in ways]
        for _ in range(_LOAD_ROUNDS if len(ways) > 1 else 1):
            for speeds, settings in zip(seen, ways, strict=True):
                self._open(settings)
                speeds.append(self._measure())
        before, after = middle(seen[0]), middle(seen[-1])
        gain = 1 - after.turn_seconds / before.turn_seconds
        if gain > LEAST_GAIN and is_steady(None, seen[0], seen[-1]):
            return before, after
        long = self._tuned
        self._tuned = Tuned(n_ubatch=long.n_ubatch, flash_attention=long.flash_attention)
        self._trials = [
            t if t.knob in _LONG else replace(t, is_taken=False) for t in self._trials
        ]
        return self._gained_in_long_prompts(before)

    def _gained_in_long_prompts(self, speeds: Speeds) -> tuple[Speeds, Speeds]:
        """As it was measured there, one after the other; twice `speeds` when nothing was."""
        before, after = speeds, speeds
        for trial in self._trials:
            if not trial.is_taken:
                continue
            if trial.knob is Knob.FLASH_ATTENTION:
                before, after = trial.before, trial.after
            elif before is speeds:  # reading in other portions
                before = replace(before, prefill_tps=trial.before.prefill_tps)
                after = replace(after, prefill_tps=trial.after.prefill_tps)
            else:  # was measured after less text than the other one
                gained = trial.after.prefill_tps / trial.before.prefill_tps
                after = replace(after, prefill_tps=after.prefill_tps * gained)
        return before, after

    def _believe_the_large(self) -> tuple[Speeds, Speeds]:
        """There was no time to confirm: only a gain that no noise explains is believed."""
        self._trials = [
            replace(t, is_taken=t.is_taken and t.gain > _LARGE_GAIN) for t in self._trials
        ]
        taken = [t for t in self._trials if t.is_taken]
        self._tuned = Tuned()
        for trial in taken:
            self._tuned = replace(self._tuned, **_change(trial.knob, trial.value))
        if not taken:
            return self._rough, self._rough
        best = max(taken, key=lambda t: t.gain)
        return best.before, best.after

    # ---- time ----------------------------------------------------------------------------

    def _open(self, settings: EngineSettings) -> TuneReply:
        reply = self._bench.open(settings)
        self._load_seconds = max(self._load_seconds, reply.seconds)
        return reply

    @property
    def _left(self) -> float:
        """Seconds that may still be spent, but for the confirmation."""
        n_loads = 1 if self._short.is_automatic else 2 * _LOAD_ROUNDS
        confirming = n_loads * (self._load_seconds + self._slice_s)
        return BUDGET_S - confirming - (self._clock() - self._started)

    def _load_cost(self, n_prefill: int) -> float:
        """Seconds for loading in another way and measuring it once."""
        reading = (n_prefill or self._n_prefill) / self._rough.prefill_tps
        return self._load_seconds + reading + self._n_decode / self._rough.decode_tps

    @property
    def _short(self) -> Tuned:
        """What was taken and shows in short measurements, too."""
        return replace(self._tuned, n_ubatch=None, flash_attention=None)

    def _tell(self) -> None:
        done = (self._clock() - self._started) / BUDGET_S
        self._on_progress(TuneProgress(min(done, 0.99), tuple(self._trials)))


def thread_counts(machine: Machine, default: int) -> list[int]:
    """Numbers of threads worth a trial beside the automatic one, ascending."""
    physical = max(1, min(machine.n_physical_cores, machine.n_logical_cores))
    wanted = {1 if physical <= 2 else physical // 2, physical - 1, physical}
    if machine.n_logical_cores > physical:
        wanted.add(min(machine.n_logical_cores, physical + physical // 2))
    return sorted(n for n in wanted if n >= 1 and n != default)


def _change(knob: Knob, value: int) -> dict[str, Any]:
    is_switch = knob in (Knob.MMAP, Knob.FLASH_ATTENTION)
    return {knob.value: bool(value) if is_switch else value}


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))
