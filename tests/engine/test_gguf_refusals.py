"""Files that do not pass, each with a sentence that names what is wrong."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gguf import GGMLQuantizationType as Q
from gguf import GGUFValueType as V

from app.core.errors import ModelFileError
from app.engine.gguf_header import read_model_card
from tests.fixtures.generated_gpt_oss import TINY_VOCABULARY, Recipe, Shape, write_model

TINY = Shape(is_tiny_vocab=True)


def sentence(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_model_card(path, vocabulary=TINY_VOCABULARY)
    text = str(caught.value)
    assert text.endswith(".")
    assert text.isprintable()
    return text


def write(folder: Path, **changes: Any) -> Path:
    return write_model(folder / "model.gguf", replace(Recipe(TINY), **changes))[0]


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    text = sentence(tmp_path / "gone 🐚.gguf")
    assert "gone 🐚.gguf is not in" in text
    assert str(tmp_path) in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"GG", "not a model in the GGUF format"),
        (b"PK\3\4" + bytes(100), "not a model in the GGUF format"),
        (b"GGUF", "is cut off"),
        (b"GGUF\3\0\0\0", "is cut off"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"\n <html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS pointer"),
        (b"GGUF" + struct.pack("<IQQ", 1, 1, 1) + bytes(64), "GGUF version 1"),
        (b"GGUF" + struct.pack("<IQQ", 9, 1, 1) + bytes(64), "GGUF version 9"),
        (b"GGUF" + struct.pack(">IQQ", 3, 1, 1) + bytes(64), "other byte order"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1) + bytes(64), "tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + bytes(64), "0 metadata keys"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 1 << 40) + bytes(64), "metadata keys"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 1, 1, 1 << 62) + bytes(64), "a text of"),
    ],
)
def test_what_is_no_sound_gguf_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert words in sentence(path)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "a folder or a device" in sentence(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    assert "a folder or a device" in sentence(tmp_path / "pipe.gguf")


def test_a_path_that_no_system_has_is_a_sentence() -> None:
    assert "cannot be read" in sentence(Path("a\0b.gguf"))


@pytest.mark.parametrize("fraction", [0.2, 0.6, 0.95, 0.9999])
def test_a_file_that_is_cut_off_anywhere_is_found(tmp_path: Path, fraction: float) -> None:
    path = write(tmp_path)
    os.truncate(path, int(path.stat().st_size * fraction))
    assert "is cut off" in sentence(path)


def test_the_missing_bytes_of_a_cut_off_model_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path)
    size = path.stat().st_size
    os.truncate(path, size - 1000)
    assert f"it has {size - 1000} of {size} bytes" in sentence(path)


@pytest.mark.parametrize(
    ("architecture", "words"),
    [
        ("llama", "architecture llama"),
        ("gptoss", "as Ollama stores it"),
        ("eagle3", "a draft model (eagle3)"),
        ("clip", "architecture clip"),
        ("gpt-oss ", "architecture gpt-oss "),
        ("x" * 5000, "…"),
    ],
)
def test_another_architecture_is_named(tmp_path: Path, architecture: str, words: str) -> None:
    extra = {"general.architecture": (architecture, V.STRING)}
    assert words in sentence(write(tmp_path, extra=extra))


MISSING = [
    "general.architecture",
    "gpt-oss.block_count",
    "gpt-oss.context_length",
    "gpt-oss.embedding_length",
    "gpt-oss.attention.head_count",
    "gpt-oss.attention.layer_norm_rms_epsilon",
    "gpt-oss.expert_count",
    "gpt-oss.expert_used_count",
    "gpt-oss.expert_feed_forward_length",
    "gpt-oss.attention.sliding_window",
    "tokenizer.ggml.model",
    "tokenizer.ggml.tokens",
    "tokenizer.ggml.merges",
]


@pytest.mark.parametrize("key", MISSING)
def test_a_key_that_llama_cpp_needs_is_missed_by_name(tmp_path: Path, key: str) -> None:
    assert f"{key} is missing" in sentence(write(tmp_path, left_out=frozenset({key})))


# Each of these makes llama.cpp abort, throw, compute nonsense or run for minutes.
KILLERS: list[tuple[str, Any, V]] = [
    ("gpt-oss.expert_used_count", 5, V.UINT32),
    ("gpt-oss.expert_used_count", 0, V.UINT32),
    ("gpt-oss.expert_count", 2000, V.UINT32),
    ("gpt-oss.block_count", 0, V.UINT32),
    ("gpt-oss.block_count", 600, V.UINT32),
    ("gpt-oss.block_count", 2, V.UINT64),
    ("gpt-oss.attention.value_length", 64, V.UINT32),
    ("gpt-oss.attention.key_length", 31, V.UINT32),
    ("gpt-oss.attention.head_count_kv", 3, V.UINT32),
    ("gpt-oss.attention.head_count_kv", ([2, 1], V.INT32), V.ARRAY),
    ("gpt-oss.attention.layer_norm_rms_epsilon", -1.0, V.FLOAT32),
    ("gpt-oss.attention.layer_norm_rms_epsilon", float("nan"), V.FLOAT32),
    ("gpt-oss.attention.layer_norm_rms_epsilon", 1e-5, V.FLOAT64),
    ("gpt-oss.attention.sliding_window", 0, V.UINT32),
    ("gpt-oss.attention.sliding_window_pattern", ([1, 1], V.INT32), V.ARRAY),
    ("gpt-oss.attention.causal", False, V.BOOL),
    ("gpt-oss.rope.freq_base", float("inf"), V.FLOAT32),
    ("gpt-oss.rope.scaling.type", "sideways", V.STRING),
    ("gpt-oss.rope.scaling.attn_factor", 5e5, V.FLOAT32),
    ("gpt-oss.rope.dimension_count", 16, V.UINT32),
    ("gpt-oss.nextn_predict_layers", 3, V.UINT32),
    ("gpt-oss.expert_group_count", 4, V.UINT32),
    ("gpt-oss.context_length", 131072, V.INT32),
    ("general.file_type", 7, V.INT32),
    ("general.name", "phi-3 in disguise", V.STRING),
    ("general.alignment", 8, V.UINT32),
    ("general.alignment", 48, V.UINT32),
    ("general.alignment", 32, V.UINT64),
    ("tokenizer.ggml.model", "no_vocab", V.STRING),
    ("tokenizer.ggml.pre", "unheard-of", V.STRING),
    ("tokenizer.ggml.scores", ([0.0] * 3, V.FLOAT32), V.ARRAY),
    ("tokenizer.ggml.token_type", ([1] * 3, V.INT32), V.ARRAY),
    ("tokenizer.ggml.bos_token_id", 300, V.INT32),
    ("tokenizer.ggml.add_bos_token", 1, V.UINT8),
    ("split.count", 0, V.UINT32),
]


@pytest.mark.parametrize(("key", "value", "kind"), KILLERS)
def test_a_value_that_would_kill_llama_cpp_is_named(
    tmp_path: Path, key: str, value: Any, kind: V
) -> None:
    text = sentence(write(tmp_path, extra={key: (value, kind)}))
    named = key.rsplit(".", 1)[-1]
    assert named in text or "heads" in text or "alternate" in text


@pytest.mark.parametrize(
    ("replacement", "words"),
    [
        ({5: "a", 6: "a"}, "the same text"),
        ({5: "a\0b"}, "NUL"),
        ({5: "", 6: "[EMPTY_5]"}, "the same text"),
        ({303: "<|begin|>"}, "token 303 is <|begin|>"),
        ({7: "x" * 20000}, "too long"),
    ],
)
def test_a_vocabulary_that_is_not_that_of_gpt_oss_is_found(
    tmp_path: Path, replacement: dict[int, str], words: str
) -> None:
    tokens = [f"<{i}>" for i in range(320)]
    for token, text in TINY_VOCABULARY.known.items():
        tokens[token] = text.decode()
    for token, piece in replacement.items():
        tokens[token] = piece
    extra = {"tokenizer.ggml.tokens": ((tokens, V.STRING), V.ARRAY)}
    assert words in sentence(write(tmp_path, extra=extra))


def test_a_gpt_oss_with_another_number_of_tokens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="it has 320 tokens, gpt-oss has 201088"):
        read_model_card(write(tmp_path))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("output_norm.weight", Q.F16),
        ("blk.0.attn_q.bias", Q.F16),
        ("blk.1.attn_sinks.weight", Q.BF16),
        ("blk.1.ffn_up_exps.bias", Q.Q8_0),
        ("blk.0.attn_norm.weight", Q.Q4_0),
        ("token_embd.weight", Q.I32),
        ("blk.0.attn_q.weight", Q.I8),
        ("blk.0.ffn_down_exps.weight", Q.F64),
        ("output.weight", Q.Q8_K),
    ],
)
def test_a_tensor_of_a_type_that_llama_cpp_aborts_on_is_named(
    tmp_path: Path, name: str, kind: Q
) -> None:
    shape = Shape(n_embd=256, n_ff=256, n_head=8, is_tiny_vocab=True)
    path = write(tmp_path, shape=shape, retyped={name: kind})
    assert name in sentence(path)


def test_a_tensor_too_few_or_too_many_is_named(tmp_path: Path) -> None:
    path = write(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"blk.1.attn_sinks.weight", b"blk.1.attn_stinks.weigh"))
    assert "blk.1.attn_sinks.weight is missing" in sentence(path)
    path = write(tmp_path, extra={"gpt-oss.block_count": (1, V.UINT32)})
    assert "alternate" in sentence(path)
    path = write(tmp_path, shape=replace(TINY, n_layers=3))
    path.write_bytes(path.read_bytes().replace(b"blk.2.", b"blk.9."))
    assert "blk.2." in sentence(path)


def test_shapes_must_follow_from_the_metadata(tmp_path: Path) -> None:
    text = sentence(write(tmp_path, extra={"gpt-oss.embedding_length": (128, V.UINT32)}))
    assert "has the shape [64, 320], not [128, 320]" in text


def test_a_name_from_the_file_cannot_break_the_sentence(tmp_path: Path) -> None:
    extra = {"general.architecture": ("\x1b[31m\u202e{file}\n" + "y" * 900, V.STRING)}
    assert len(sentence(write(tmp_path, extra=extra))) < 400
