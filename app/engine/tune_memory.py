"""What was measured, by model and computer, in one JSON file."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.core.kept_json import read_kept, write_kept
from app.core.tuning import Knob, Speeds, Tuned, TuneResult, TuneTrial

logger = logging.getLogger(__name__)

_KEPT = 32  # models
_VERSION = 1


class TuneMemory:
    """Results by the key of their model, file, build and device; any one thread at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, key: str) -> TuneResult | None:
        """What was kept; None: nothing, or nothing that can be read."""
        raw = self._results().get(key)
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            return _result(raw) if raw is not None else None
        return None

    def put(self, key: str, result: TuneResult) -> None:
        """Keep it; a folder that cannot be written is only logged."""
        results = self._results()
        results.pop(key, None)
        results[key] = asdict(result)
        self._write(dict(list(results.items())[-_KEPT:]))

    def forget(self, key: str) -> None:
        """Back to automatic."""
        results = self._results()
        if results.pop(key, None) is not None:
            self._write(results)

    def _results(self) -> dict[str, dict[str, Any]]:
        with suppress(OSError, ValueError, TypeError, KeyError):
            raw = read_kept(self._file)
            if raw["version"] == _VERSION and isinstance(raw["results"], dict):
                return dict(raw["results"])
        return {}

    def _write(self, results: dict[str, dict[str, Any]]) -> None:
        try:
            write_kept(self._file, {"version": _VERSION, "results": results})
        except OSError as error:
            logger.warning("what was measured is not kept: %s", error)


def _result(raw: dict[str, Any]) -> TuneResult:
    """Read a result strictly: a value out of range would keep a model from loading.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    tuned = Tuned(**raw["tuned"])
    for name, low, high in (
        ("n_threads", 1, 512),
        ("n_ubatch", 32, 4096),
        ("n_cpu_moe", 0, 999),
    ):
        value = getattr(tuned, name)
        if value is not None and not (isinstance(value, int) and low <= value <= high):
            raise ValueError(f"{name} is out of range")
    for name in ("use_mmap", "flash_attention"):
        if getattr(tuned, name) not in (None, True, False):
            raise ValueError(f"{name} is none of its values")
    return TuneResult(
        str(raw["model_name"]),
        str(raw["device"]),
        tuned,
        Speeds(**raw["before"]),
        Speeds(**raw["after"]),
        tuple(_trial(t) for t in raw["trials"]),
        float(raw["seconds"]),
    )


def _trial(raw: dict[str, Any]) -> TuneTrial:
    return TuneTrial(
        Knob(raw["knob"]),
        int(raw["value"]),
        Speeds(**raw["before"]),
        Speeds(**raw["after"]),
        bool(raw["is_taken"]),
    )
