"""The published gpt-oss models before their files are here: shape and size of each.

Shapes: OpenAI's model card; sizes follow from them (MXFP4 experts, Q8_0 elsewhere, F32
vectors) and equal the published files' to the byte in the tensors.
"""

from __future__ import annotations

from pathlib import Path

from app.core.catalogue import RemoteModel
from app.core.model_card import ModelCard, WeightBytes

_N_EMBD = 2880
_N_VOCAB = 201_088
_ROW = _N_EMBD // 32 * 34  # bytes of a row of the hidden state in Q8_0
_BIASES = 3 * _N_EMBD * 4  # of one expert, F32
_EXPERT = 3 * _N_EMBD * (_N_EMBD // 32 * 17) + _BIASES  # MXFP4
_METADATA = 13_000_000  # bytes of a header with the full vocabulary
_LEAST_OF_20B, _LEAST_OF_120B = 10_000_000_000, 55_000_000_000  # bytes
_MOST_OF_20B, _MOST_OF_120B = 16_000_000_000, 75_000_000_000


def _card(name: str, n_layers: int, n_experts: int, n_params: int) -> ModelCard:
    embedding = _N_VOCAB * _ROW
    attention = (4096 + 2 * 512) * _ROW + _N_EMBD * (4096 // 32 * 34)
    vectors = (4096 + 2 * 512 + _N_EMBD) + 64 + (_N_EMBD + 1) * n_experts + 2 * _N_EMBD
    weights = WeightBytes(
        token_embedding=embedding,
        output=embedding + _N_EMBD * 4,
        layers=(attention + 4 * vectors,) * n_layers,
        experts=(n_experts * _EXPERT,) * n_layers,
    )
    return ModelCard(
        paths=(Path(f"{name}.gguf"),),
        name=name,
        architecture="gpt-oss",
        quantization="MXFP4",
        size_bytes=weights.total + _METADATA,
        n_params=n_params,
        n_layers=n_layers,
        n_ctx_train=131_072,
        n_embd=_N_EMBD,
        n_vocab=_N_VOCAB,
        n_head=64,
        n_head_kv=8,
        head_dim=64,
        n_experts=n_experts,
        n_experts_used=4,
        sliding_window=128,
        swa_layers=(True, False) * (n_layers // 2),
        weights=weights,
        n_ff=_N_EMBD,
    )


GPT_OSS_20B = _card("gpt-oss-20b", 24, 32, 20_914_757_184)
GPT_OSS_120B = _card("gpt-oss-120b", 36, 128, 116_829_156_672)


def expected_card(model: RemoteModel) -> ModelCard | None:
    """The published model that a file of this size is a quantization of; None: no idea.

    Its experts are what they are in every quantization, so a plan made with it is off by at
    most the difference of the remaining weights, half a gigabyte.
    """
    if _LEAST_OF_20B <= model.size_bytes <= _MOST_OF_20B:
        return GPT_OSS_20B
    if _LEAST_OF_120B <= model.size_bytes <= _MOST_OF_120B:
        return GPT_OSS_120B
    return None
