"""From a file on disk to a `ModelCard`, or to one sentence that says why not.

Everything that llama.cpp is given has passed through here: it aborts, crashes or computes for
minutes on headers that are wrong in the right way.
"""

from __future__ import annotations

import logging
from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, ModelFileError
from app.core.model_card import ModelCard
from app.core.split_files import part_name
from app.engine.drive import is_on_local_drive
from app.engine.gguf_errors import damaged
from app.engine.gguf_format import GgufHeader, Tensor, ValueType, shown
from app.engine.gguf_reader import read_header
from app.engine.gpt_oss_rules import (
    ARCHITECTURE,
    O200K_HARMONY,
    TOKENS_KEY,
    Hyperparameters,
    Metadata,
    Vocabulary,
    check_metadata,
)
from app.engine.gpt_oss_tensors import check_tensors, quantization_name, weight_bytes

logger = logging.getLogger(__name__)

_KEPT = frozenset({TOKENS_KEY})
_OLLAMA = "gptoss"
_DRAFTS = ("eagle3", "eagle", "dflash", "dspark", "medusa")


def read_model_card(path: Path, *, vocabulary: Vocabulary = O200K_HARMONY) -> ModelCard:
    """Check a gpt-oss GGUF and describe it; a real one takes about half a second.

    Args:
        path: the file, or any part of a split model.
        vocabulary: which tokens it must have.

    Raises:
        ModelFileError: the file cannot be used; the sentence says why and what to do.
    """
    headers = _headers(path)
    first = headers[0]
    _check_architecture(first)
    model = check_metadata(first, vocabulary)
    tensors: dict[str, Tensor] = {}
    for header in headers:
        for name, tensor in header.tensors.items():
            if name in tensors:
                raise damaged(header.path, f"the tensor {name} occurs twice")
            tensors[name] = tensor
    _check_split_total(first, len(headers), len(tensors))
    check_tensors(first.path, tensors, model)
    return _card(headers, tensors, model)


def _headers(path: Path) -> list[GgufHeader]:
    """The header of the file, or of all parts of the set that it belongs to."""
    header = read_header(path, kept_arrays=_KEPT)
    count = _split_number(header, "split.count", default=1)
    if count <= 1:
        return [header]
    name = part_name(path.name)
    if name is None or name.count != count or name.suffix != ".gguf":
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is one of the {n} parts of a model, but its name has been changed. "
                "Nothing was loaded. Name the parts as they were published, as in "
                "name-00001-of-00003.gguf, and keep them in one folder.",
            ),
            file=path.name,
            n=count,
        )
    parts = [path.with_name(sibling) for sibling in name.all_names()]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The model has {n} parts and {missing} is missing in {folder}. Nothing was "
                "loaded and your conversations are safe. Download that part into the same "
                "folder.",
            ),
            n=count,
            missing=", ".join(missing[:3]) + ("…" if len(missing) > 3 else ""),
            folder=str(path.parent),
        )
    headers = [
        header if part == path else read_header(part, kept_arrays=_KEPT) for part in parts
    ]
    for i, found in enumerate(headers):
        if _split_number(found, "split.no") != i:
            raise damaged(found.path, f"split.no is not {i}")
    return headers


def _split_number(header: GgufHeader, key: str, default: int | None = None) -> int:
    found = header.values.get(key)
    if found is None and default is not None:
        return default
    # llama.cpp aborts when the number of a part has another type.
    if found is None or found.type is not ValueType.UINT16 or not isinstance(found.data, int):
        raise damaged(header.path, f"{key} is missing or of another type")
    return found.data


def _check_split_total(first: GgufHeader, n_parts: int, n_tensors: int) -> None:
    if n_parts == 1:
        return
    total = first.values.get("split.tensors.count")
    if total is None or total.type is not ValueType.INT32 or total.data != n_tensors:
        raise damaged(first.path, f"split.tensors.count is not {n_tensors}")


def _check_architecture(header: GgufHeader) -> None:
    architecture = Metadata(header).text("general.architecture")
    if architecture == ARCHITECTURE:
        return
    file = header.path.name
    if architecture == _OLLAMA:
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is gpt-oss as Ollama stores it, with its own names for everything, "
                "which only Ollama can load. Nothing was changed. Download the ordinary GGUF "
                "of gpt-oss, for example from ggml-org.",
            ),
            file=file,
        )
    if architecture in _DRAFTS:
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is a draft model ({architecture}), a helper that cannot answer by "
                "itself. Nothing was changed. Choose the gpt-oss model itself.",
            ),
            file=file,
            architecture=shown(architecture),
        )
    raise ModelFileError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{file} holds a model of the architecture {architecture}; Lumbre runs gpt-oss "
            "only. Nothing was changed. Choose a gpt-oss file, or download gpt-oss-20b.",
        ),
        file=file,
        architecture=shown(architecture),
    )


def _card(
    headers: list[GgufHeader], tensors: dict[str, Tensor], model: Hyperparameters
) -> ModelCard:
    first = headers[0]
    metadata = Metadata(first)
    file_type = first.values.get("general.file_type")
    number = file_type.data if file_type and isinstance(file_type.data, int) else None
    return ModelCard(
        paths=tuple(h.path for h in headers),
        name=shown(metadata.text("general.name", ""), 200).strip() or first.path.stem,
        architecture=ARCHITECTURE,
        quantization=quantization_name(tensors.values(), number),
        size_bytes=sum(h.file_bytes for h in headers),
        n_params=sum(t.n_elements for t in tensors.values()),
        n_layers=model.n_layers,
        n_ctx_train=model.n_ctx_train,
        n_embd=model.n_embd,
        n_vocab=model.n_vocab,
        n_head=model.n_head,
        n_head_kv=model.n_head_kv,
        head_dim=model.head_dim,
        n_experts=model.n_experts,
        n_experts_used=model.n_experts_used,
        sliding_window=model.sliding_window,
        is_local=is_on_local_drive(first.path),
        swa_layers=model.swa_layers,
        weights=weight_bytes(tensors.values(), model.n_layers),
        n_ff=model.n_ff,
    )
