"""What the measuring process is asked and answers, each as one line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from app.core.generation import EngineSettings


class TuneAction(StrEnum):
    """What can be asked."""

    OPEN = "open"  # load with other settings; what was loaded is freed first
    PREFILL = "prefill"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class TuneCommand:
    """One thing to do."""

    action: TuneAction
    settings: EngineSettings = field(default_factory=EngineSettings)  # of OPEN
    n_threads: int = 0  # of the others; 0: as it was opened
    n_tokens: int = 0  # to read or to write
    n_before: int = 0  # tokens that stand before what is read or written; 0: none or a few

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s line.

        Raises:
            ValueError: it is none.
        """
        try:
            raw: dict[str, Any] = json.loads(text)
            raw["action"] = TuneAction(raw["action"])
            raw["settings"] = EngineSettings(**raw["settings"])
            return cls(**raw)
        except (KeyError, TypeError) as error:
            raise ValueError("not a command") from error


@dataclass(frozen=True, slots=True)
class TuneReply:
    """What came of it. Which fields are set depends on what was asked."""

    is_ok: bool = True
    seconds: float = 0.0  # that it took
    tps: float = 0.0  # tokens per second of PREFILL and DECODE
    n_ctx: int = 0  # the rest is how it was opened
    n_threads: int = 0
    n_ubatch: int = 0
    n_gpu_layers: int = 0
    n_cpu_moe: int = 0
    use_mmap: bool = True
    flash_attention: bool = True
    device: str = ""  # in words
    template: str = ""  # of the sentence, when it is not OK
    values: dict[str, str | int | float] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s line.

        Raises:
            ValueError: it is none.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError("not a reply") from error
