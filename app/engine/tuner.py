"""Measures a model in a process of its own and keeps what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from app.core.errors import LumbreError
from app.core.machine import Machine
from app.core.model_card import ModelCard
from app.core.tuning import TuneProgress, TuneRequest, TuneResult
from app.engine.gguf_header import read_model_card
from app.engine.gpu_backends import has_gpu_backend
from app.engine.hardware import read_machine
from app.engine.trial import list_devices
from app.engine.trial_memory import trial_key
from app.engine.tune_memory import TuneMemory
from app.engine.tune_process import TuneProcess
from app.engine.tune_search import Search

logger = logging.getLogger(__name__)


class ProcessTuner:
    """Satisfies `app.core.tuning.Tuner`."""

    def __init__(self, file: Path, program_version: str) -> None:
        """`file` keeps the results; it is made with the first."""
        self._memory = TuneMemory(file)
        self._program_version = program_version

    def tune(
        self, request: TuneRequest, on_progress: Callable[[TuneProgress], None]
    ) -> TuneResult:
        """Measure; see `Tuner.tune`."""
        started = monotonic()
        card = read_model_card(request.path)
        machine = self._machine(request)
        process = TuneProcess(card.path, card.size_bytes, request.cancel)
        try:
            found = Search(process, card, machine, request.measured, on_progress).run()
        finally:
            process.close()
        seconds = monotonic() - started
        logger.info("measured %s in %.0f s: %s", card.path.name, seconds, found.tuned)
        return TuneResult(
            card.name,
            found.device,
            found.tuned,
            found.before,
            found.after,
            found.trials,
            round(seconds, 1),
        )

    def kept(self, request: TuneRequest) -> TuneResult | None:
        """What is used for this model; see `Tuner.kept`."""
        try:
            return self._memory.get(self._key(read_model_card(request.path), request))
        except (LumbreError, OSError):
            return None  # loading it will say what is wrong

    def keep(self, request: TuneRequest, result: TuneResult) -> None:
        """Use it from the next load on."""
        self._memory.put(self._key(read_model_card(request.path), request), result)

    def forget(self, request: TuneRequest) -> None:
        """Back to automatic."""
        self._memory.forget(self._key(read_model_card(request.path), request))

    def _key(self, card: ModelCard, request: TuneRequest) -> str:
        return trial_key(card.paths, request.settings, program_version=self._program_version)

    @staticmethod
    def _machine(request: TuneRequest) -> Machine:
        machine = read_machine(with_devices=False)
        if request.measured.n_gpu_layers == 0 or not has_gpu_backend():
            return machine
        found = list_devices(request.cancel) or ()
        return Machine(
            machine.ram_total_bytes,
            machine.ram_available_bytes,
            machine.n_logical_cores,
            machine.n_physical_cores,
            found,
            machine.cpu_name,
            machine.cpu_features,
        )
