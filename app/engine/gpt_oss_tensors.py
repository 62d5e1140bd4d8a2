"""The tensors of a gpt-oss model: names, shapes, types, and what their bytes are for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.model_card import WeightBytes
from app.engine.gguf_errors import damaged
from app.engine.gguf_format import TENSOR_TYPES, Tensor
from app.engine.gpt_oss_rules import Hyperparameters

_EXPERT = re.compile(r"blk\.\d+\.ffn_(gate|up|down)_exps\.")
_LAYER = re.compile(r"blk\.(\d+)\.")
_F32 = frozenset({"F32"})
_MATRIX = frozenset(name for name, _, _ in TENSOR_TYPES.values())

# general.file_type (llama_ftype) of files whose tensors alone do not tell the name.
_FILE_TYPES = {
    **{0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1"},
    **{10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M"},
    **{16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S"},
    **{22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M"},
    **{28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0"},
    **{37: "TQ2_0", 38: "MXFP4", 39: "NVFP4"},
}


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    shape: tuple[int, ...]
    types: frozenset[str]
    is_optional: bool = False


def check_tensors(path: Path, tensors: Mapping[str, Tensor], model: Hyperparameters) -> None:
    """All tensors of gpt-oss are there, in the right shapes and types, and no others.

    Raises:
        ModelFileError: naming the tensor.
    """
    n_found = 0
    for wanted in _wanted(model):
        tensor = tensors.get(wanted.name)
        if tensor is None:
            if wanted.is_optional:
                continue
            raise damaged(path, f"the tensor {wanted.name} is missing")
        n_found += 1
        if _trimmed(tensor.shape) != _trimmed(wanted.shape):
            raise damaged(
                path,
                f"the tensor {wanted.name} has the shape {list(tensor.shape)}, "
                f"not {list(wanted.shape)}",
            )
        if tensor.type_name not in wanted.types:
            raise damaged(path, f"the tensor {wanted.name} is of the type {tensor.type_name}")
    if n_found != len(tensors):
        known = {w.name for w in _wanted(model)}
        extra = next(name for name in tensors if name not in known)
        raise damaged(path, f"gpt-oss has no tensor {extra}")


def _trimmed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Without dimensions of one element at the end: llama.cpp does not tell them apart."""
    n = len(shape)
    while n > 1 and shape[n - 1] == 1:
        n -= 1
    return shape[:n]


def _wanted(m: Hyperparameters) -> Iterator[_Wanted]:
    yield _Wanted("token_embd.weight", (m.n_embd, m.n_vocab), _MATRIX)
    yield _Wanted("output_norm.weight", (m.n_embd,), _F32)
    yield _Wanted("output.weight", (m.n_embd, m.n_vocab), _MATRIX)
    for i in range(m.n_layers):
        yield from _layer(f"blk.{i}.", m)


def _layer(prefix: str, m: Hyperparameters) -> Iterator[_Wanted]:
    q, kv, x = m.n_head * m.head_dim, m.n_head_kv * m.head_dim, m.n_experts
    matrices = {
        "attn_q": (m.n_embd, q),
        "attn_k": (m.n_embd, kv),
        "attn_v": (m.n_embd, kv),
        "attn_output": (q, m.n_embd),
        "ffn_gate_inp": (m.n_embd, x),
        "ffn_gate_exps": (m.n_embd, m.n_ff, x),
        "ffn_up_exps": (m.n_embd, m.n_ff, x),
        "ffn_down_exps": (m.n_ff, m.n_embd, x),
    }
    for name, shape in matrices.items():
        yield _Wanted(f"{prefix}{name}.weight", shape, _MATRIX)
        # Q, K and V may do without a bias; llama.cpp reads the others without asking.
        may_lack = name in {"attn_q", "attn_k", "attn_v"}
        yield _Wanted(f"{prefix}{name}.bias", shape[1:], _F32, may_lack)
        # Scales that some 4-bit formats keep beside the weights.
        if name != "ffn_gate_inp":
            scales = (x,) if len(shape) == 3 else (1,)
            yield _Wanted(f"{prefix}{name}.scale", scales, _F32, is_optional=True)
            yield _Wanted(f"{prefix}{name}.input_scale", scales, _F32, is_optional=True)
    for name, n in (
        ("attn_norm", m.n_embd),
        ("post_attention_norm", m.n_embd),
        ("attn_sinks", m.n_head),
    ):
        yield _Wanted(f"{prefix}{name}.weight", (n,), _F32)


def weight_bytes(tensors: Iterable[Tensor], n_layers: int) -> WeightBytes:
    """Bytes by what decides on which device they go."""
    embedding = output = 0
    layers, experts = [0] * n_layers, [0] * n_layers
    for tensor in tensors:
        match = _LAYER.match(tensor.name)
        if match is None:
            if tensor.name.startswith("token_embd"):
                embedding += tensor.size_bytes
            else:
                output += tensor.size_bytes
        elif _EXPERT.match(tensor.name):
            experts[int(match[1])] += tensor.size_bytes
        else:
            layers[int(match[1])] += tensor.size_bytes
    return WeightBytes(embedding, output, tuple(layers), tuple(experts))


def quantization_name(tensors: Iterable[Tensor], file_type: int | None) -> str:
    """What people call the file: "MXFP4", "Q4_K_M", "F16".

    Nearly all gpt-oss files keep the experts in MXFP4, as trained, so the other matrices
    decide: Q8_0 beside MXFP4 is the original; else what the quantizer says it made.
    """
    experts: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for tensor in tensors:
        if len(tensor.shape) < 2 or tensor.name.endswith(".bias"):
            continue
        if _EXPERT.match(tensor.name):
            experts[tensor.type_name] += tensor.size_bytes
        elif "ffn_gate_inp" not in tensor.name:
            others[tensor.type_name] += tensor.size_bytes
    expert, other = experts.most_common(1)[0][0], others.most_common(1)[0][0]
    declared = _FILE_TYPES.get(file_type) if file_type is not None else None
    if expert == "MXFP4":
        if other in {"Q8_0", "F16", "BF16", "F32"} and len(others) == 1:
            return "MXFP4" if other == "Q8_0" else other
        return declared or other
    return declared or expert
