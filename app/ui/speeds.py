"""How fast each model was on this computer, kept between runs."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from app.core.kept_json import read_kept, write_kept
from app.core.message import GenerationStats

logger = logging.getLogger(__name__)

N_TOKENS_LEAST = 16  # shorter answers measure the start, not the speed
N_READ_LEAST = 128  # tokens; fewer are read one small batch at a time, much slower each
_KEPT = 32  # models


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second, of the newest answer that was long enough."""

    prefill_tps: float  # 0: not measured yet
    decode_tps: float


class SpeedBook:
    """Speeds by model name, in a small JSON file; GUI thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._speeds: dict[str, Speed] = {}
        with suppress(OSError, ValueError, TypeError, AttributeError):
            self._speeds = {
                str(name): Speed(float(s["prefill_tps"]), float(s["decode_tps"]))
                for name, s in read_kept(path).items()
            }

    def of(self, model_name: str) -> Speed | None:
        """What was measured; None: nothing yet."""
        return self._speeds.get(model_name)

    def take(self, model_name: str, stats: GenerationStats) -> None:
        """Remember the speed of an answer, when it says enough."""
        if stats.n_generated < N_TOKENS_LEAST or stats.decode_tps <= 0:
            return
        before = self._speeds.get(model_name)
        prefill = before.prefill_tps if before else 0.0
        n_read = stats.n_prompt - stats.n_reused
        if stats.prefill_tps and (n_read >= N_READ_LEAST or not prefill):
            prefill = stats.prefill_tps
        self._put(model_name, Speed(round(prefill, 1), round(stats.decode_tps, 1)))

    def take_reading(self, model_name: str, n_tokens: int, seconds: float) -> None:
        """Remember how fast a prompt was read ahead, when it says enough.

        Nothing is kept of a model that has not answered yet: its writing speed is not known.
        """
        before = self._speeds.get(model_name)
        if before is not None and n_tokens >= N_READ_LEAST and seconds > 0:
            self._put(model_name, Speed(round(n_tokens / seconds, 1), before.decode_tps))

    def _put(self, model_name: str, speed: Speed) -> None:
        self._speeds.pop(model_name, None)
        self._speeds[model_name] = speed
        self._speeds = dict(list(self._speeds.items())[-_KEPT:])
        self._write()

    def _write(self) -> None:
        speeds = {name: asdict(s) for name, s in self._speeds.items()}
        try:
            # The window does not wait for the disk: the next answer measures anew.
            write_kept(self._path, speeds, survives_power_cut=False)
        except OSError as error:
            logger.warning("speeds are not remembered: %s", error)
