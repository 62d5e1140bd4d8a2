"""What stands in a GGUF file, as values: types, metadata, tensors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class ValueType(IntEnum):
    """Types of metadata values, as numbered in the file."""

    UINT8 = 0
    INT8 = 1
    UINT16 = 2
    INT16 = 3
    UINT32 = 4
    INT32 = 5
    FLOAT32 = 6
    BOOL = 7
    STRING = 8
    ARRAY = 9
    UINT64 = 10
    INT64 = 11
    FLOAT64 = 12


# ggml's tensor types: name, elements a block, bytes a block (ggml.c, ggml-common.h). Types
# that files must not hold (activations, integers, removed layouts) are absent on purpose:
# llama.cpp dies of the integer ones when it looks for a kernel.
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One metadata value.

    `data` is a number, a bool, bytes (strings are cut at a NUL, as llama.cpp sees them), a
    list of bytes (string arrays that were asked for), a tuple of numbers, or None (an array
    that was walked over).
    """

    type: ValueType
    element_type: ValueType | None  # of arrays
    length: int  # elements; 1 for what is no array
    data: object


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where one tensor is and what it is."""

    name: str
    shape: tuple[int, ...]  # as in the file: the contiguous dimension first
    type_id: int
    offset: int  # from the start of the data section
    size_bytes: int

    @property
    def type_name(self) -> str:
        """Name of the type, in ggml's words."""
        return TENSOR_TYPES[self.type_id][0]

    @property
    def n_elements(self) -> int:
        """Product of the shape."""
        product = 1
        for n in self.shape:
            product *= n
        return product


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """All that stands before the weights of one file."""

    path: Path
    file_bytes: int
    header_bytes: int  # where the data section begins
    data_bytes: int  # weights without the padding after the last one
    values: dict[str, Value]
    tensors: dict[str, Tensor]  # in the order of the file


def shown(raw: object, limit: int = 60) -> str:
    """A value of a file as harmless text for a sentence."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    text = "".join(c if c.isprintable() else "�" for c in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
