"""What is known of a model file before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PRACTICE_MODEL_NAME = "Lumbre practice model"  # general.name of resources/practice-gpt-oss.gguf


@dataclass(frozen=True, slots=True)
class WeightBytes:
    """Bytes of the weights by what decides where they go."""

    token_embedding: int  # always in main memory
    output: int  # output norm and matrix: offloaded with the last layer
    layers: tuple[int, ...]  # per layer, without its experts
    experts: tuple[int, ...]  # per layer, the expert matrices and their biases
    other: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return (
            self.token_embedding
            + self.output
            + sum(self.layers)
            + sum(self.experts)
            + self.other
        )


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A gpt-oss GGUF, read from its header alone. Sizes in bytes."""

    paths: tuple[Path, ...]  # all parts, in order; the first is given to llama.cpp
    name: str  # general.name, or the file's name
    architecture: str
    quantization: str  # in the field's words: "MXFP4", "Q4_K_M", "Q8_0", "F16"
    size_bytes: int  # all parts
    n_params: int
    n_layers: int
    n_ctx_train: int
    n_embd: int
    n_vocab: int
    n_head: int
    n_head_kv: int
    head_dim: int
    n_experts: int
    n_experts_used: int
    sliding_window: int  # tokens
    swa_layers: tuple[bool, ...]  # per layer: True = sliding window, False = full attention
    weights: WeightBytes
    n_ff: int = 0  # inner width of one expert
    is_local: bool = True  # False: on a drive that can go away (removable, network)

    @property
    def path(self) -> Path:
        """The file that is given to llama.cpp."""
        return self.paths[0]

    @property
    def is_practice(self) -> bool:
        """True for the small model that is shipped to try the program with."""
        return self.name == PRACTICE_MODEL_NAME
