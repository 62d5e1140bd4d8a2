"""What the metadata and the tensors of a gpt-oss GGUF must be for llama.cpp to survive it.

Each rule stands for a line of llama.cpp (0.5, `load_hparams`, `load_arch_tensors`,
`llama_vocab::load`) that aborts, throws or computes nonsense otherwise. What it does not read
for this architecture is let through: converters and quantizers add keys of their own.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import ModelFileError
from app.engine.gguf_errors import damaged
from app.engine.gguf_format import GgufHeader, Value, ValueType, shown

logger = logging.getLogger(__name__)

ARCHITECTURE = "gpt-oss"
TOKENS_KEY = "tokenizer.ggml.tokens"

_LAYERS_MAX = 512  # LLAMA_MAX_LAYERS
_EXPERTS_MAX = 1024  # LLAMA_MAX_EXPERTS
_DIMENSION_MAX = 1 << 16
_CONTEXT_MAX = 1 << 24
_INTEGERS = {ValueType.UINT32, ValueType.INT32}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which tokens a file must have, so that ids mean what the tokenizer says."""

    n_min: int
    n_max: int
    known: Mapping[int, bytes]  # id -> text, as llama.cpp writes tokens


# Control tokens, and some words from all over the list as a check of its order.
O200K_HARMONY = Vocabulary(
    n_min=201_088,
    n_max=262_144,
    known={
        0: b"!",
        198: "Ċ".encode(),
        220: "Ġ".encode(),
        17196: b"final",
        35644: b"analysis",
        199_999: b"<|endoftext|>",
        200_002: b"<|return|>",
        200_005: b"<|channel|>",
        200_006: b"<|start|>",
        200_007: b"<|end|>",
        200_008: b"<|message|>",
        200_012: b"<|call|>",
    },
)


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The numbers that the shapes of the tensors follow from."""

    n_layers: int
    n_ctx_train: int
    n_embd: int
    n_head: int
    n_head_kv: int
    head_dim: int
    n_ff: int  # of one expert
    n_experts: int
    n_experts_used: int
    sliding_window: int  # tokens
    swa_layers: tuple[bool, ...]
    n_vocab: int


class Metadata:
    """Typed access to the metadata of one file; every complaint names its key."""

    def __init__(self, header: GgufHeader) -> None:
        self.header = header
        self.values = header.values

    def bad(self, what: str) -> ModelFileError:
        """The sentence for this file."""
        return damaged(self.header.path, what)

    def value(self, key: str, kind: ValueType) -> Value | None:
        """The value of `key`, None when it is absent; llama.cpp throws at another type."""
        found = self.values.get(key)
        if found is not None and found.type is not kind:
            raise self.bad(f"{key} is of the type {found.type.name}, not {kind.name}")
        return found

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """An unsigned 32-bit number in `low..high`; without `default` it must be there."""
        found = self.value(key, ValueType.UINT32)
        return self._in_range(key, found.data if found else default, low, high)

    def layers_integer(
        self, key: str, low: int, high: int, n_layers: int, default: int | None = None
    ) -> int:
        """Like `integer`, or an array with the same number for each layer."""
        found = self.values.get(key)
        if found is None or found.type is not ValueType.ARRAY:
            return self.integer(key, low, high, default)
        numbers = found.data
        if found.element_type not in _INTEGERS or not isinstance(numbers, tuple):
            raise self.bad(f"{key} is no array of 32-bit numbers")
        if len(numbers) != n_layers or len(set(numbers)) != 1:
            raise self.bad(f"{key} has {len(numbers)} numbers, not one for all layers")
        return self._in_range(key, numbers[0], low, high)

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A finite 32-bit float in `low..high`."""
        found = self.value(key, ValueType.FLOAT32)
        raw = found.data if found else default
        if raw is None:
            raise self.bad(f"{key} is missing")
        if not isinstance(raw, float) or not math.isfinite(raw) or not (low <= raw <= high):
            raise self.bad(f"{key} is {shown(raw)}")
        return raw

    def text(self, key: str, default: str | None = None) -> str:
        """A text; bytes that are no UTF-8 are shown as U+FFFD."""
        found = self.value(key, ValueType.STRING)
        if found is None:
            if default is None:
                raise self.bad(f"{key} is missing")
            return default
        if not isinstance(found.data, bytes):
            raise self.bad(f"{key} is no text")
        return found.data.decode("utf-8", "replace")

    def _in_range(self, key: str, raw: object, low: int, high: int) -> int:
        if raw is None:
            raise self.bad(f"{key} is missing")
        if not isinstance(raw, int) or not (low <= raw <= high):
            raise self.bad(f"{key} is {shown(raw)}")
        return raw


def check_metadata(header: GgufHeader, vocabulary: Vocabulary) -> Hyperparameters:
    """Check all keys that llama.cpp reads for gpt-oss.

    Raises:
        ModelFileError: naming the key.
    """
    metadata = Metadata(header)
    n_vocab = _check_tokenizer(metadata, vocabulary)
    _check_types(metadata)
    _check_rope(metadata)
    found = _hyperparameters(metadata, n_vocab)
    _check_fixed(metadata, found)
    _log_unknown(metadata)
    return found


def _key(name: str) -> str:
    return f"{ARCHITECTURE}.{name}"


def _hyperparameters(metadata: Metadata, n_vocab: int) -> Hyperparameters:
    integer, per_layer = metadata.integer, metadata.layers_integer
    n_layers = integer(_key("block_count"), 1, _LAYERS_MAX)
    n_embd = integer(_key("embedding_length"), 1, _DIMENSION_MAX)
    n_head = per_layer(_key("attention.head_count"), 1, 4096, n_layers)
    n_head_kv = per_layer(_key("attention.head_count_kv"), 1, n_head, n_layers, n_head)
    if n_head % n_head_kv:
        raise metadata.bad(f"{n_head} heads share {n_head_kv} KV heads")
    head_dim = integer(_key("attention.key_length"), 2, 1024, n_embd // n_head)
    if head_dim % 2:
        raise metadata.bad(f"{_key('attention.key_length')} is {head_dim}")
    n_experts = integer(_key("expert_count"), 1, _EXPERTS_MAX)
    ff_max = _DIMENSION_MAX
    return Hyperparameters(
        n_layers=n_layers,
        n_ctx_train=integer(_key("context_length"), 512, _CONTEXT_MAX),
        n_embd=n_embd,
        n_head=n_head,
        n_head_kv=n_head_kv,
        head_dim=head_dim,
        n_ff=per_layer(_key("expert_feed_forward_length"), 1, ff_max, n_layers),
        n_experts=n_experts,
        n_experts_used=per_layer(_key("expert_used_count"), 1, n_experts, n_layers),
        sliding_window=integer(_key("attention.sliding_window"), 1, 1 << 20),
        swa_layers=_swa_layers(metadata, n_layers),
        n_vocab=n_vocab,
    )


def _swa_layers(metadata: Metadata, n_layers: int) -> tuple[bool, ...]:
    key = _key("attention.sliding_window_pattern")
    found = metadata.values.get(key)
    if found is not None and found.type is ValueType.ARRAY:
        flags = found.data
        if found.element_type not in {*_INTEGERS, ValueType.BOOL} or not isinstance(
            flags, tuple
        ):
            raise metadata.bad(f"{key} is no array of flags")
        if len(flags) != n_layers or not set(flags) <= {0, 1}:
            raise metadata.bad(f"{key} has {len(flags)} flags for {n_layers} layers")
        layers = tuple(bool(f) for f in flags)
    else:
        period = metadata.integer(key, 0, _LAYERS_MAX, 2)
        layers = tuple(period == 0 or i % period < period - 1 for i in range(n_layers))
    if all(layers) or not any(layers):
        raise metadata.bad("its layers do not alternate between window and full attention")
    return layers


def _check_rope(metadata: Metadata) -> None:
    metadata.number(_key("attention.layer_norm_rms_epsilon"), 1e-12, 0.1)
    metadata.number(_key("rope.freq_base"), 1e-3, 1e12, 10000.0)
    metadata.number(_key("rope.freq_base_swa"), 1e-3, 1e12, 10000.0)
    for name in ("rope.scaling.factor", "rope.scale_linear"):
        metadata.number(_key(name), 0.0, 1e5, 0.0)
    metadata.number(_key("rope.scaling.attn_factor"), 0.0, 100.0, 1.0)
    metadata.number(_key("rope.scaling.alpha"), 0.0, 1e6, 0.0)
    metadata.integer(_key("rope.scaling.original_context_length"), 1, _CONTEXT_MAX, 4096)
    scaling = metadata.text(_key("rope.scaling.type"), "linear")
    if scaling not in {"none", "linear", "yarn"}:
        raise metadata.bad(f"{_key('rope.scaling.type')} is {shown(scaling)}")


def _check_fixed(metadata: Metadata, found: Hyperparameters) -> None:
    """Keys that other architectures use: here they must say what gpt-oss is anyway."""
    for name in (
        "attention.value_length",
        "attention.key_length_swa",
        "attention.value_length_swa",
        "rope.dimension_count",
        "rope.dimension_count_swa",
    ):
        # Without value_length llama.cpp takes n_embd / n_head, whatever key_length says.
        default = found.head_dim
        if name == "attention.value_length":
            default = found.n_embd // found.n_head
        metadata.integer(_key(name), found.head_dim, found.head_dim, default)
    metadata.integer(_key("nextn_predict_layers"), 0, 0, 0)
    metadata.integer(_key("pooling_type"), 0, 0, 0)
    metadata.integer(_key("expert_group_count"), 0, min(1, found.n_experts - 1), 0)
    metadata.integer(_key("embedding_length_out"), 0, found.n_embd, 0)
    metadata.layers_integer(
        _key("feed_forward_length"), 0, (1 << 32) - 1, found.n_layers, found.n_ff
    )
    causal = metadata.value(_key("attention.causal"), ValueType.BOOL)
    if causal is not None and not causal.data:
        raise metadata.bad(f"{_key('attention.causal')} is false")


_TYPED = {
    "general.file_type": ValueType.UINT32,
    "general.name": ValueType.STRING,
    _key("classifier.pooling_type"): ValueType.UINT32,
    _key("expert_group_used_count"): ValueType.UINT32,
    _key("rope.scaling.finetuned"): ValueType.BOOL,
    "tokenizer.ggml.token_type_count": ValueType.UINT32,
    "tokenizer.ggml.add_bos_token": ValueType.BOOL,
    "tokenizer.ggml.add_eos_token": ValueType.BOOL,
    "tokenizer.ggml.add_sep_token": ValueType.BOOL,
    "tokenizer.ggml.add_space_prefix": ValueType.BOOL,
    "tokenizer.ggml.remove_extra_whitespaces": ValueType.BOOL,
    "tokenizer.ggml.normalizer.lowercase": ValueType.BOOL,
    "tokenizer.ggml.normalizer.strip_accents": ValueType.BOOL,
    **{
        f"tokenizer.ggml.{name}_token_id": ValueType.UINT32
        for name in (
            *("bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask"),
            *("fim_pre", "fim_suf", "fim_mid", "fim_pad", "fim_rep", "fim_sep"),
        )
    },
    **{
        f"tokenizer.ggml.{name}_token_id": ValueType.UINT32
        for name in ("prefix", "suffix", "middle")
    },
}


def _check_types(metadata: Metadata) -> None:
    """Keys whose value does not matter, but whose type llama.cpp insists on."""
    for key, kind in _TYPED.items():
        metadata.value(key, kind)
    name = metadata.text("general.name", "").lower()
    if "phi-3" in name or "phi3" in name:  # llama.cpp then looks for that family's tokens
        raise metadata.bad(f"general.name is {shown(name)}")
    for key, element in (
        ("tokenizer.ggml.suppress_tokens", ValueType.INT32),
        (_key("classifier.output_labels"), ValueType.STRING),
    ):
        found = metadata.values.get(key)
        if found is not None and found.element_type is not element:
            raise metadata.bad(f"{key} is of another type")
    extra = metadata.values.get("general.tensor_extra.name")
    if extra is not None and extra.type is ValueType.ARRAY:
        flags = metadata.values.get("general.tensor_extra.prec_a4")
        if (
            extra.element_type is not ValueType.STRING
            or flags is None
            or flags.element_type is not ValueType.BOOL
            or flags.length != extra.length
        ):
            raise metadata.bad("general.tensor_extra names tensors without their flags")


def _check_tokenizer(metadata: Metadata, vocabulary: Vocabulary) -> int:
    model = metadata.text("tokenizer.ggml.model")
    if model != "gpt2":
        raise metadata.bad(f"tokenizer.ggml.model is {shown(model)}")
    pre = metadata.text("tokenizer.ggml.pre", "")
    if pre not in {"", "default", "gpt-4o", "llama4", "kanana2", "talkie"}:
        raise metadata.bad(f"tokenizer.ggml.pre is {shown(pre)}")
    found = metadata.value(TOKENS_KEY, ValueType.ARRAY)
    if found is None or not isinstance(found.data, list):
        raise metadata.bad(f"{TOKENS_KEY} is missing or no list of texts")
    _check_tokens(metadata, found.data, vocabulary)
    merges = metadata.value("tokenizer.ggml.merges", ValueType.ARRAY)
    if merges is None or merges.element_type is not ValueType.STRING:
        raise metadata.bad("tokenizer.ggml.merges is missing or no list of texts")
    for key, elements in (
        ("tokenizer.ggml.token_type", {ValueType.INT32}),
        ("tokenizer.ggml.scores", {ValueType.INT32, ValueType.FLOAT32}),
    ):
        array = metadata.value(key, ValueType.ARRAY)
        if array is None:
            continue
        if array.element_type not in elements or array.length < found.length:
            raise metadata.bad(f"{key} does not have one number for each token")
    return found.length


def _check_tokens(metadata: Metadata, tokens: list[bytes], vocabulary: Vocabulary) -> None:
    if not (vocabulary.n_min <= len(tokens) <= vocabulary.n_max):
        raise metadata.bad(f"it has {len(tokens)} tokens, gpt-oss has {vocabulary.n_min}")
    for token, text in vocabulary.known.items():
        if tokens[token] != text:
            raise metadata.bad(
                f"token {token} is {shown(tokens[token])}, gpt-oss has {shown(text)}"
            )
    # llama.cpp reads each text up to its first NUL, gives empty ones a name, and aborts when
    # two are the same. It decodes in time and memory that grow with the square of the length.
    if any(b"\0" in t for t in tokens):
        raise metadata.bad("a token holds a NUL byte")
    named = [t or b"[EMPTY_%d]" % i for i, t in enumerate(tokens)]
    if len(set(named)) != len(named):
        raise metadata.bad("two tokens have the same text")
    if sum(len(t) ** 2 for t in tokens) > 256 << 20:
        raise metadata.bad("its tokens are too long")


def _log_unknown(metadata: Metadata) -> None:
    """Keys of this architecture that nobody reads: worth a line when an answer is odd."""
    known = {_key(name) for name in _READ}
    unknown = sorted(
        key for key in metadata.values if key.startswith(_key("")) and key not in known
    )
    if unknown:
        logger.warning(
            "%s: keys without meaning here: %s",
            metadata.header.path.name,
            shown(", ".join(unknown), 400),
        )


_READ = (
    *("block_count", "context_length", "embedding_length", "embedding_length_out"),
    *("feed_forward_length", "expert_feed_forward_length", "vocab_size"),
    *("expert_count", "expert_used_count", "expert_group_count", "expert_group_used_count"),
    *("attention.head_count", "attention.head_count_kv", "attention.key_length"),
    *("attention.value_length", "attention.key_length_swa", "attention.value_length_swa"),
    *("attention.layer_norm_rms_epsilon", "attention.sliding_window", "attention.causal"),
    *("attention.sliding_window_pattern", "nextn_predict_layers", "pooling_type"),
    *("rope.dimension_count", "rope.dimension_count_swa", "rope.freq_base"),
    *("rope.freq_base_swa", "rope.scale_linear", "rope.scaling.type"),
    *("rope.scaling.factor", "rope.scaling.original_context_length"),
    *("rope.scaling.attn_factor", "rope.scaling.alpha", "rope.scaling.finetuned"),
    *("classifier.output_labels", "classifier.pooling_type"),
)
