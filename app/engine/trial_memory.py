"""Which trials need not be repeated: results kept in one JSON file.

A result holds for one file, program, llama.cpp build, processor and set of devices; when any
of them changes, the model is tried again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.generation import EngineSettings
from app.core.kept_json import read_kept, write_kept
from app.core.machine import Device
from app.engine.bindings import TESTED_VERSION, library_dir
from app.engine.processor import cpu_features, cpu_name

logger = logging.getLogger(__name__)

_KEPT = 64  # trials; the oldest are forgotten
_HASHED_BYTES = 1 << 20  # of each file: most of the metadata, and all of what changes in it
_VERSION = 2
_FAILED, _SLOW = "failed:", "slow:"  # before the key of a device that did not pass


@dataclass(frozen=True, slots=True)
class Offload:
    """How much a card took after the planned amount had failed; None: as planned."""

    n_gpu_layers: int | None = None
    n_cpu_moe: int | None = None


class TrialMemory:
    """How trials ended, by `trial_key`; one thread."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def has(self, key: str) -> bool:
        """True when this very trial was remembered."""
        return key in self._trials()

    def offload(self, key: str) -> Offload:
        """What worked in that trial."""
        return self._trials().get(key, Offload())

    def remember(self, key: str, offload: Offload = Offload()) -> None:
        """Keep a trial; a folder that cannot be written is only logged."""
        trials = self._trials()
        trials.pop(key, None)
        trials[key] = offload
        self._write(dict(list(trials.items())[-_KEPT:]))

    def forget(self, key: str) -> None:
        """Try again next time: the model did not work after all."""
        trials = self._trials()
        if trials.pop(key, None) is not None:
            self._write(trials)

    def did_not_pass(self, key: str, *, was_slow: bool) -> None:
        """Note that a device failed its self-test, or was not ready in time.

        A slow one gets a second trial with the next load: drivers keep the shaders that they
        compiled in the first, which can take them minutes.
        """
        is_final = not was_slow or self.has(_SLOW + key)
        self.remember((_FAILED if is_final else _SLOW) + key)

    def is_given_up(self, key: str) -> bool:
        """True when a device is not to be tried again."""
        return self.has(_FAILED + key)

    def _trials(self) -> dict[str, Offload]:
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            raw = read_kept(self._file)
            if raw["version"] == _VERSION:
                return {key: _offload(fields) for key, fields in raw["trials"].items()}
        return {}

    def _write(self, trials: dict[str, Offload]) -> None:
        raw = {key: asdict(offload) for key, offload in trials.items()}
        try:
            write_kept(self._file, {"version": _VERSION, "trials": raw})
        except OSError as error:
            logger.warning("trials are not remembered: %s", error)


def _offload(fields: dict[str, object]) -> Offload:
    numbers = {k: v for k, v in fields.items() if isinstance(v, int) and 0 <= v <= 999}
    return Offload(numbers.get("n_gpu_layers"), numbers.get("n_cpu_moe"))


def trial_key(
    paths: Iterable[Path],
    settings: EngineSettings,
    *,
    program_version: str,
    device: Device | None = None,
) -> str:
    """What a trial's result depends on, as a hash.

    Args:
        paths: all parts of the model.
        settings: only what changes the code that runs: device, repacking, mapping.
        program_version: of this program.
        device: a device that ought to pass; None: the trial is of the processor, or of a
            device that has passed.

    Raises:
        OSError: a part cannot be read.
        UserError: llama.cpp is missing.
    """
    facts = [
        program_version,
        TESTED_VERSION,
        *library_facts(),
        cpu_name(),
        *cpu_features(),
        f"{device.name}|{device.description}|{device.total_bytes}" if device else "",
        f"{settings.device}|{settings.n_gpu_layers == 0}|{settings.use_extra_bufts}",
    ]
    for path in paths:
        found = path.stat()
        with open(path, "rb") as file:
            start = hashlib.sha256(file.read(_HASHED_BYTES)).hexdigest()
        facts.append(
            f"{path.resolve()}|{found.st_size}|{found.st_mtime_ns}|{found.st_ino}|{start}"
        )
    return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()


def library_facts() -> list[str]:
    """Names and sizes of the native libraries: another build has others."""
    folder = library_dir()
    return sorted(
        f"{file.relative_to(folder)}|{file.stat().st_size}"
        for file in folder.rglob("*")
        if file.is_file()
    )
