"""The arithmetic against what llama.cpp 0.5 printed for files of these shapes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.memory_sizes import (
    compute_buffer_bytes,
    kv_cells,
    kv_layer_bytes,
    list_bytes,
)
from app.core.model_card import ModelCard
from tests.fixtures.model_cards import GPT_OSS_20B, GPT_OSS_120B

MIB = 1 << 20
LOGITS = 2 * 201_088 * 4  # counted with the buffer here, printed apart by llama.cpp


@pytest.mark.parametrize(
    ("n_ctx", "n_ubatch", "cells"),
    [
        (4096, 512, (4096, 768)),
        (8192, 64, (8192, 256)),
        (8192, 256, (8192, 512)),
        (8192, 2048, (8192, 2304)),
        (1000, 512, (1024, 768)),
        (512, 512, (512, 512)),
    ],
)
def test_both_caches_have_as_many_cells_as_llama_cpp_makes(
    n_ctx: int, n_ubatch: int, cells: tuple[int, int]
) -> None:
    assert kv_cells(GPT_OSS_20B, n_ctx, n_ubatch) == cells


def test_twelve_full_layers_of_8192_cells_take_192_mib() -> None:
    assert 12 * kv_layer_bytes(GPT_OSS_20B, 8192) == 192 * MIB


@pytest.mark.parametrize(
    ("n_ctx", "n_ubatch", "printed_mib"),
    [
        (4096, 512, 97.14),
        (8192, 512, 101.14),
        (16384, 512, 109.14),
        (8192, 256, 50.45),
        (8192, 64, 12.58),
        (8192, 2048, 410.58),
    ],
)
@pytest.mark.parametrize("card", [GPT_OSS_20B, GPT_OSS_120B], ids=["20b", "120b"])
def test_the_compute_buffer_is_what_llama_cpp_prints(
    card: ModelCard, n_ctx: int, n_ubatch: int, printed_mib: float
) -> None:
    found = compute_buffer_bytes(card, n_ctx, n_ubatch) - LOGITS
    assert found / MIB == pytest.approx(printed_mib, abs=0.05)


SMALL = replace(
    GPT_OSS_20B, n_embd=256, n_ff=256, n_head=8, n_head_kv=2, n_experts=8, n_experts_used=2
)


@pytest.mark.parametrize(
    ("card", "n_ctx", "n_ubatch", "printed_mib"),
    [
        (GPT_OSS_20B, 4096, 512, 558.39),
        (GPT_OSS_20B, 8192, 512, 1078.39),
        (GPT_OSS_20B, 16384, 512, 2118.39),
        (GPT_OSS_20B, 8192, 64, 134.74),
        (GPT_OSS_20B, 8192, 2048, 4329.05),
        (SMALL, 8192, 512, 148.01),
        (SMALL, 8192, 64, 18.56),
    ],
)
def test_without_flash_attention_the_buffers_are_never_counted_too_small(
    card: ModelCard, n_ctx: int, n_ubatch: int, printed_mib: float
) -> None:
    """Beside what llama.cpp prints there is the copy of the scores, in f16."""
    found = compute_buffer_bytes(card, n_ctx, n_ubatch, flash_attention=False) - LOGITS
    copy_mib = n_ctx * n_ubatch * card.n_head * 2 / MIB
    assert 1.0 <= found / MIB / (printed_mib + copy_mib) < 1.07


# Shape changes of the file that was loaded, and what was printed for 4096 tokens at 512.
OTHER_SHAPES = [
    ({}, 36.77),
    ({"n_embd": 256}, 32.27),
    ({"n_embd": 4096}, 62.77),
    ({"n_head": 64}, 42.77),
    ({"head_dim": 128}, 38.77),
    ({"n_ff": 256}, 20.77),
    ({"n_ff": 4096}, 108.77),
    ({"n_experts_used": 1}, 16.77),
    ({"n_experts_used": 8}, 60.77),
    ({"n_experts": 256}, 36.77),
    ({"sliding_window": 2048}, 38.52),
]


@pytest.mark.parametrize(("changes", "printed_mib"), OTHER_SHAPES)
def test_the_compute_buffer_of_other_shapes_is_within_two_percent(
    changes: dict[str, int], printed_mib: float
) -> None:
    base = replace(
        GPT_OSS_20B,
        n_embd=1024,
        n_ff=1024,
        n_head=16,
        n_head_kv=4,
        n_experts=16,
        n_vocab=320,
    )
    card = replace(base, **changes)  # type: ignore[arg-type]
    found = compute_buffer_bytes(card, 4096, 512)
    assert found / MIB == pytest.approx(printed_mib, rel=0.02)


def test_a_batch_is_no_longer_than_the_context() -> None:
    card = GPT_OSS_20B
    assert compute_buffer_bytes(card, 512, 2048) == compute_buffer_bytes(card, 512, 512)


def test_lists_grow_with_the_context_and_stay_small() -> None:
    small, large = (list_bytes(GPT_OSS_20B, n, 512) for n in (4096, 32768))
    assert small < large < 32 * MIB
