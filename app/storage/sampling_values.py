"""How tokens are drawn, as JSON: in the database and in exports."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, fields
from typing import Any

from app.core.generation import SamplingParams

logger = logging.getLogger(__name__)

_NAMES = tuple(f.name for f in fields(SamplingParams))
_WHOLE = frozenset({"top_k", "seed"})


def sampling_text(sampling: SamplingParams | None) -> str | None:
    """The value of a column."""
    return None if sampling is None else json.dumps(asdict(sampling))


def sampling_of_text(text: str | None) -> SamplingParams | None:
    """The value of a column; None when it is NULL or cannot be read."""
    if text is None:
        return None
    try:
        return sampling_of(json.loads(text))
    except (ValueError, RecursionError):
        logger.warning("unreadable sampling values in the database")
        return None


def sampling_of(raw: object) -> SamplingParams | None:
    """The values of a JSON object that nobody has checked; None when it is none.

    Missing values, unknown names and values out of range leave the default.
    """
    if not isinstance(raw, dict):
        return None
    taken: dict[str, Any] = {}
    for name in _NAMES:
        value = raw.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        try:
            number = int(value) if name in _WHOLE else float(value)
            SamplingParams(**{name: number})  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            continue
        taken[name] = number
    return SamplingParams(**taken)
