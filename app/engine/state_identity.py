"""What a saved KV cache depends on besides its tokens, as one hash.

llama.cpp checks the sizes of a state that it is given, and whether flash attention was on. It
does not check which model made it, so a state of another model of the same shape would be
taken, and the answers would be nonsense.

The model is named by the SHA-256 of its file where that is known (it was downloaded or verified
here): it is the same after the file has been moved or copied. Hashing 12 GB only for this would
take a minute, so otherwise size, time of the last change, header and samples from all over the
file must do.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.model_card import ModelCard
from app.engine.bindings import TESTED_VERSION
from app.engine.context_plan import ContextPlan
from app.engine.processor import cpu_features
from app.engine.trial_memory import library_facts

_VERSION = 1  # of what this module and `KvCache.state` agree on
_HEADER_BYTES = 1 << 20
_SAMPLES, _SAMPLE_BYTES = 32, 4096


def state_identity(
    card: ModelCard, plan: ContextPlan, known_sha256: Callable[[Path], str | None]
) -> str:
    """A hash that differs where a state must not be used.

    Not part of it: threads, the size of the context and of a ubatch. A state fits every
    context that has room for its tokens.

    Args:
        card: the model.
        plan: how it was loaded.
        known_sha256: of a file that has not changed since it was hashed; None: not known.

    Raises:
        OSError: a part of the model cannot be read.
    """
    device = plan.device.name if plan.device is not None else "CPU"
    attention = "auto" if plan.flash_attention else "off"  # off: values lie in another order
    facts = [
        f"{_VERSION}|{TESTED_VERSION}|K f16|V f16|flash attention {attention}",
        f"{device}|{plan.n_gpu_layers}|{plan.n_cpu_moe}|{plan.use_extra_bufts}",
        *library_facts(),
        *cpu_features(),
        *(_model_facts(path, known_sha256(path)) for path in card.paths),
    ]
    return hashlib.sha256("\n".join(facts).encode("utf-8", "surrogatepass")).hexdigest()


def _model_facts(path: Path, sha256: str | None) -> str:
    if sha256 is not None:
        return sha256
    status = path.stat()
    digest = hashlib.sha256()
    for part in _samples(path, status.st_size):
        digest.update(part)
    return f"{status.st_size}|{status.st_mtime_ns}|{digest.hexdigest()}"


def _samples(path: Path, size: int) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield file.read(_HEADER_BYTES)
        for i in range(_SAMPLES):
            file.seek(max(0, size - _SAMPLE_BYTES) * (i + 1) // _SAMPLES, os.SEEK_SET)
            yield file.read(_SAMPLE_BYTES)
