"""Bytes of what llama.cpp allocates for a gpt-oss model, from its shape.

The arithmetic is llama.cpp's own (0.5, one sequence, flash attention or not, f16 KV cache,
`n_outputs_max=1`, `n_batch = n_ubatch`, `swa_full=False`); figures that it does not compute
from the file are measured, see `tests/benchmarks/memory.py`.
"""

from __future__ import annotations

from app.core.model_card import ModelCard

KV_PAD = 256  # cells; llama.cpp pads both caches
_F16 = 2  # bytes
_F32 = 4
_INPUT_BYTES = 40  # of a token: id, position, sequence, row of the output

# llama.cpp's own lists, measured: a token of the vocabulary (loaded without its text, and what
# is left of the header), a cell of the KV cache, the graph of a layer, and what there is once.
_TOKEN_BYTES = 52
_CELL_BYTES = 250
_LAYER_BYTES = 200 << 10
_CONTEXT_BYTES = 3 << 19


def kv_cells(card: ModelCard, n_ctx: int, n_ubatch: int) -> tuple[int, int]:
    """Tokens that the full and the sliding-window cache have room for."""
    full = _pad(n_ctx, KV_PAD)
    return full, _pad(min(full, card.sliding_window + n_ubatch), KV_PAD)


def kv_layer_bytes(card: ModelCard, n_cells: int) -> int:
    """Keys and values of one layer, f16."""
    return 2 * card.n_head_kv * card.head_dim * _F16 * n_cells


def list_bytes(card: ModelCard, n_ctx: int, n_ubatch: int) -> int:
    """What llama.cpp's lists of tokens, cells and graph nodes take."""
    n_cells = sum(kv_cells(card, n_ctx, n_ubatch))
    return (
        _TOKEN_BYTES * card.n_vocab
        + _CELL_BYTES * n_cells
        + _LAYER_BYTES * card.n_layers
        + _CONTEXT_BYTES
    )


def compute_buffer_bytes(
    card: ModelCard, n_ctx: int, n_ubatch: int, *, flash_attention: bool = True
) -> int:
    """Working memory of one `llama_decode` on one device.

    The largest of three moments of a layer, in rows of `n_ubatch` tokens, and the attention
    masks. Exact for gpt-oss-20b and -120b; within 7 % for other shapes (measured on 40).

    Without flash attention all scores of a layer stand in memory at once, with a copy of half
    the size beside the buffer; then at most 7 % more than it takes (measured on 24).
    """
    n_ubatch = min(n_ubatch, n_ctx)
    used = card.n_experts_used
    row = n_ubatch * _F32
    hidden = card.n_ff * used * row  # an expert's inner activations
    state = card.n_embd * row
    queries = card.n_head * card.head_dim * row
    in_experts = 3 * hidden + (3 if used > 1 else 2) * state + queries
    after_experts = state * used + hidden + 2 * state + queries
    in_attention = 2 * queries + 3 * state
    masks = sum(kv_cells(card, n_ctx, n_ubatch)) * n_ubatch * _F16
    largest = max(in_experts, after_experts, in_attention)
    needed = largest + masks + _INPUT_BYTES * n_ubatch + _logits_bytes(card)
    if flash_attention:
        return needed
    scores = kv_cells(card, n_ctx, n_ubatch)[0] * n_ubatch * card.n_head
    return needed + masks + scores * (_F32 + _F16)


def host_buffer_bytes(card: ModelCard, n_ctx: int, n_ubatch: int) -> int:
    """Main memory that computing on a card takes: masks, inputs and outputs on their way."""
    n_ubatch = min(n_ubatch, n_ctx)
    masks = sum(kv_cells(card, n_ctx, n_ubatch)) * n_ubatch * _F16
    states = 2 * card.n_embd * n_ubatch * _F32
    return masks + states + _INPUT_BYTES * n_ubatch + _logits_bytes(card)


def _logits_bytes(card: ModelCard) -> int:
    """Once in the graph's buffer, once in the context's own."""
    return 2 * card.n_vocab * _F32


def _pad(n: int, multiple: int) -> int:
    return -(-n // multiple) * multiple
