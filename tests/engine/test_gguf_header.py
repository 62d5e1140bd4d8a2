"""Files that pass the check, and what their cards say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gguf import GGMLQuantizationType as Q
from gguf import GGUFValueType as V

from app.core.errors import ModelFileError
from app.core.model_card import ModelCard
from app.engine.gguf_header import read_model_card
from tests.fixtures.generated_gpt_oss import (
    GPT_OSS_20B,
    GPT_OSS_120B,
    TINY_VOCABULARY,
    Recipe,
    Shape,
    Types,
    write_model,
)

TINY = Shape(is_tiny_vocab=True)


def card_of(path: Path) -> ModelCard:
    return read_model_card(path, vocabulary=TINY_VOCABULARY)


def write(folder: Path, **changes: Any) -> Path:
    recipe = replace(Recipe(TINY), **changes)
    return write_model(folder / "model.gguf", recipe)[0]


def sentence(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        card_of(path)
    return str(caught.value)


def test_a_full_size_header_gives_the_card_of_gpt_oss_20b(tmp_path: Path) -> None:
    recipe = Recipe(GPT_OSS_20B, is_sparse=True, has_all_merges=True, name="Gpt Oss 20b")
    path = write_model(tmp_path / "gpt-oss-20b-MXFP4.gguf", recipe)[0]
    card = read_model_card(path)
    assert (card.name, card.architecture, card.quantization) == (
        "Gpt Oss 20b",
        "gpt-oss",
        "MXFP4",
    )
    assert (card.n_layers, card.n_experts, card.n_experts_used) == (24, 32, 4)
    assert (card.n_head, card.n_head_kv, card.head_dim) == (64, 8, 64)
    assert (card.n_embd, card.n_ff, card.n_vocab) == (2880, 2880, 201_088)
    assert (card.n_ctx_train, card.sliding_window) == (131_072, 128)
    assert card.swa_layers == (True, False) * 12
    assert card.n_params == 20_914_757_184
    assert card.weights.total == 12_096_558_336  # as llama.cpp prints for the published file
    assert card.weights.token_embedding == card.weights.output - 2880 * 4
    assert card.size_bytes == path.stat().st_size
    assert not card.is_practice


def test_gpt_oss_120b_in_three_parts_is_one_model_whichever_part_is_given(
    tmp_path: Path,
) -> None:
    recipe = Recipe(GPT_OSS_120B, is_sparse=True)
    parts = write_model(tmp_path / "gpt-oss-120b-mxfp4", recipe, n_parts=3)
    cards = {read_model_card(part) for part in parts}
    assert len(cards) == 1
    card = cards.pop()
    assert card.paths == tuple(parts)
    assert card.path.name == "gpt-oss-120b-mxfp4-00001-of-00003.gguf"
    assert card.n_layers == 36
    assert card.size_bytes == sum(part.stat().st_size for part in parts)
    assert 116.7e9 < card.n_params < 116.9e9


CONVERTED = {
    "general.basename": ("Gpt-Oss", V.STRING),
    "general.size_label": ("20B", V.STRING),
    "general.license": ("apache-2.0", V.STRING),
    "general.tags": ((["vllm", "text-generation"], V.STRING), V.ARRAY),
}
REQUANTIZED = {
    **CONVERTED,
    "general.quantized_by": ("Somebody", V.STRING),
    "general.repo_url": ("https://example.org/somebody", V.STRING),
    "general.author": ("Somebody", V.STRING),
    "general.finetune": ("", V.STRING),
    "general.description": ("línea\nuna", V.STRING),
    "general.languages": ((["en", "es"], V.STRING), V.ARRAY),
    "general.datasets": ((["a/b"], V.STRING), V.ARRAY),
    "general.source.url": ("https://example.org", V.STRING),
    "general.base_model.count": (1, V.UINT32),
    "general.base_model.0.name": ("Gpt Oss 20b", V.STRING),
    "general.base_model.0.organization": ("Openai", V.STRING),
    "general.base_model.0.repo_url": ("https://example.org/b", V.STRING),
    "general.sampling.temp": (1.0, V.FLOAT32),
    "general.sampling.top_k": (40, V.INT32),
    "quantize.imatrix.file": ("imatrix.gguf", V.STRING),
    "quantize.imatrix.dataset": ("calibration.txt", V.STRING),
    "quantize.imatrix.entries_count": (193, V.UINT32),
    "quantize.imatrix.chunks_count": (178, V.UINT32),
    "tokenizer.ggml.add_bos_token": (False, V.BOOL),
    "tokenizer.ggml.add_sep_token": (False, V.BOOL),
}
FOREIGN_ARRAYS = {
    "somebody.weights": (([0.5, 0.25], V.FLOAT64), V.ARRAY),
    "somebody.numbers": (([1, 2], V.UINT64), V.ARRAY),
    "somebody.bytes": ((list(b"abc") * 2000, V.UINT8), V.ARRAY),
    "somebody.flags": (([True, False], V.BOOL), V.ARRAY),
    "gpt-oss.expert_notes": (([-1, 2], V.INT16), V.ARRAY),
}
ROPE = {
    "gpt-oss.rope.scaling.yarn_beta_fast": (32.0, V.FLOAT32),
    "gpt-oss.rope.scaling.yarn_beta_slow": (1.0, V.FLOAT32),
    "gpt-oss.rope.scaling.yarn_ext_factor": (1.0, V.FLOAT32),
    "gpt-oss.rope.scaling.truncate": (False, V.BOOL),
    "gpt-oss.rope.scaling.attn_factor": (1.0, V.FLOAT32),
    "gpt-oss.rope.dimension_count": (32, V.UINT32),
    "gpt-oss.vocab_size": (320, V.UINT32),
}
TOKENIZER = {
    "tokenizer.ggml.eos_token_id": (301, V.UINT32),
    "tokenizer.ggml.padding_token_id": (319, V.UINT32),
    "tokenizer.ggml.eot_token_id": (199_999, V.UINT32),
    "tokenizer.ggml.scores": (([0.0] * 320, V.FLOAT32), V.ARRAY),
    "tokenizer.ggml.token_type": (([1] * 299 + [99] * 21, V.INT32), V.ARRAY),
}
PER_LAYER = {
    "gpt-oss.attention.head_count_kv": (([2, 2], V.INT32), V.ARRAY),
    "gpt-oss.expert_feed_forward_length": (([64, 64], V.UINT32), V.ARRAY),
    "gpt-oss.attention.sliding_window_pattern": (([True, False], V.BOOL), V.ARRAY),
}


@pytest.mark.parametrize(
    "extra",
    [CONVERTED, REQUANTIZED, FOREIGN_ARRAYS, ROPE, TOKENIZER, PER_LAYER],
    ids=["converter", "quantizer", "foreign arrays", "rope", "tokenizer", "per layer"],
)
def test_headers_as_they_are_found_in_the_wild_pass(
    tmp_path: Path, extra: dict[str, Any]
) -> None:
    assert card_of(write(tmp_path, extra=extra)).n_layers == 2


@pytest.mark.parametrize(
    "key",
    [
        *("gpt-oss.feed_forward_length", "gpt-oss.rope.scaling.original_context_length"),
        *("general.type", "general.quantization_version", "general.file_type"),
        *("tokenizer.chat_template", "tokenizer.ggml.token_type", "tokenizer.ggml.pre"),
        *("tokenizer.ggml.bos_token_id", "tokenizer.ggml.padding_token_id"),
    ],
)
def test_a_key_that_llama_cpp_can_do_without_may_be_missing(tmp_path: Path, key: str) -> None:
    assert card_of(write(tmp_path, left_out=frozenset({key}))).n_layers == 2


def test_a_file_without_a_name_is_called_after_itself(tmp_path: Path) -> None:
    assert card_of(write(tmp_path, left_out=frozenset({"general.name"}))).name == "model"


def test_the_practice_model_is_known_by_its_name(tmp_path: Path) -> None:
    assert card_of(write(tmp_path, name="Lumbre practice model")).is_practice


WIDE = Shape(n_embd=256, n_ff=256, n_head=4, head_dim=64, is_tiny_vocab=True)


@pytest.mark.parametrize(
    ("types", "file_type", "name"),
    [
        (Types(), 38, "MXFP4"),
        (Types(), 7, "MXFP4"),
        (Types(), 1, "MXFP4"),
        (Types(), None, "MXFP4"),
        (Types(embedding=Q.Q5_0, output=Q.Q8_0, attention=Q.Q4_K), 15, "Q4_K_M"),
        (Types(embedding=Q.Q4_0, output=Q.Q4_0, attention=Q.Q4_0), 12, "Q3_K_M"),
        (Types(Q.Q4_0, Q.Q4_0, Q.Q4_0), None, "Q4_0"),
        (Types(Q.F16, Q.F16, Q.F16), 1, "F16"),
        (Types(Q.BF16, Q.BF16, Q.BF16), 32, "BF16"),
        (Types(Q.F32, Q.F32, Q.F32), 0, "F32"),
        (Types(Q.F16, Q.F16, Q.F16, Q.F16), 1, "F16"),
        (Types(Q.Q8_0, Q.Q8_0, Q.Q8_0, Q.Q8_0), 7, "Q8_0"),
        (Types(Q.Q6_K, Q.Q6_K, Q.Q6_K, Q.Q6_K), 18, "Q6_K"),
        (Types(Q.Q8_0, Q.Q8_0, Q.Q8_0, Q.Q8_0), 4_000_000_000, "Q8_0"),
    ],
)
def test_the_quantization_is_named_as_people_name_it(
    tmp_path: Path, types: Types, file_type: int | None, name: str
) -> None:
    path = write(tmp_path, shape=WIDE, types=types, file_type=file_type)
    assert card_of(path).quantization == name


def test_weights_are_counted_by_what_decides_where_they_go(tmp_path: Path) -> None:
    card = card_of(write(tmp_path))
    row = 64 // 32 * 34
    assert card.weights.token_embedding == 320 * row
    assert card.weights.output == 320 * row + 64 * 4
    matrices = 3 * 4 * 64 * (64 // 32 * 17)
    assert card.weights.experts == (matrices + 3 * 4 * 64 * 4,) * 2
    assert card.weights.other == 0
    quantized = (128 + 64 + 64) * row + 64 * (128 // 32 * 34)
    plain = (128 + 3 * 64) + 4 + (4 * 64 + 4) + 2 * 64  # biases, sinks, router, norms
    assert card.weights.layers == (quantized + plain * 4,) * 2


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    parts = write_model(tmp_path / "big", Recipe(TINY), n_parts=3)
    parts[1].unlink()
    for part in (parts[0], parts[2]):
        text = sentence(part)
        assert "big-00002-of-00003.gguf is missing" in text
        assert "3 parts" in text


def test_renamed_parts_are_explained(tmp_path: Path) -> None:
    parts = write_model(tmp_path / "big", Recipe(TINY), n_parts=2)
    renamed = parts[0].rename(tmp_path / "my model.gguf")
    assert "its name has been changed" in sentence(renamed)


def test_parts_of_different_models_do_not_go_together(tmp_path: Path) -> None:
    parts = write_model(tmp_path / "a", Recipe(TINY), n_parts=2)
    deeper = replace(TINY, n_layers=4)
    others = write_model(tmp_path / "b", Recipe(deeper), n_parts=2)
    others[1].replace(parts[1])
    assert "damaged" in sentence(parts[0])


def test_a_part_in_the_place_of_another_is_found(tmp_path: Path) -> None:
    parts = write_model(tmp_path / "a", Recipe(TINY), n_parts=3)
    parts[1].write_bytes(parts[2].read_bytes())
    assert "split.no is not 1" in sentence(parts[0])
