"""Read the header of one GGUF file: keys, values and tensor descriptions, nothing else.

The reader trusts no length, count or type of the file: what llama.cpp's own reader would
reject, would read for minutes or would abort on ends here, in one sentence. Only the header
is read, by ordinary reads (a memory map of a file on a drive that is pulled out kills the
process), and never more than `_HEADER_MAX` bytes of it.
"""

from __future__ import annotations

import stat
import struct
from pathlib import Path
from typing import BinaryIO

from app.core.errors import QT_TRANSLATE_NOOP, ModelFileError
from app.engine.gguf_errors import cut_off, damaged, wrong_format
from app.engine.gguf_format import (
    TENSOR_TYPES,
    GgufHeader,
    Tensor,
    Value,
    ValueType,
    shown,
)

MAGIC = b"GGUF"
DEFAULT_ALIGNMENT = 32
_VERSIONS = (2, 3)

# Far above a real gpt-oss header (13 MB: 201,088 tokens and 446,189 merges, 459 or 687
# tensors, about 40 keys), and still read in well under a second.
_HEADER_MAX = 64 << 20  # bytes
_KEYS_MAX = 4096
_TENSORS_MAX = 16384
_STRINGS_MAX = 1_500_000  # elements of all string arrays together
_NUMBERS_KEPT = 1024  # longer arrays of numbers are walked over
_KEY_LENGTH_MAX = 1024  # bytes
_TENSOR_NAME_MAX = 63  # bytes: GGML_MAX_NAME with its final NUL is 64
_DIMENSIONS_MAX = 4
_FIRST_READ = 1 << 20  # bytes

_FORMATS = {
    ValueType.UINT8: "B",
    ValueType.INT8: "b",
    ValueType.UINT16: "H",
    ValueType.INT16: "h",
    ValueType.UINT32: "I",
    ValueType.INT32: "i",
    ValueType.FLOAT32: "f",
    ValueType.BOOL: "b",
    ValueType.UINT64: "Q",
    ValueType.INT64: "q",
    ValueType.FLOAT64: "d",
}
_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")


def read_header(path: Path, *, kept_arrays: frozenset[str] = frozenset()) -> GgufHeader:
    """Read and check the structure of one file, not what it means.

    Args:
        path: a regular file.
        kept_arrays: keys whose string arrays are wanted; others are walked over.

    Raises:
        ModelFileError: the file cannot be read, is no GGUF, is cut off or malformed.
    """
    try:
        size = _regular_size(path)
        with open(path, "rb", buffering=0) as file:
            return _Reader(path, file, size, kept_arrays).read()
    except FileNotFoundError as error:
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The model file {file} is not in {folder}. Your conversations are safe. "
                "Choose another model, or download this one again.",
            ),
            file=path.name,
            folder=str(path.parent),
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The model file {file} cannot be read: {reason}. Your conversations are safe. "
                "Check the drive and the rights of the file, or choose another model.",
            ),
            file=shown(path.name, 200),
            reason=(getattr(error, "strerror", None) or str(error)),
        ) from error


def _regular_size(path: Path) -> int:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is not a file but a folder or a device. Nothing was loaded. Choose a "
                "file whose name ends in .gguf.",
            ),
            file=path.name or str(path),
        )
    return found.st_size


class _Reader:
    """A cursor over the header that grows its window as the header turns out longer."""

    def __init__(
        self, path: Path, file: BinaryIO, size: int, kept_arrays: frozenset[str]
    ) -> None:
        self._path = path
        self._file = file
        self._size = size
        self._limit = min(size, _HEADER_MAX)
        self._kept_arrays = kept_arrays
        self._data = b""
        self._at = 0
        self._n_strings = 0

    def read(self) -> GgufHeader:
        """The whole header."""
        n_tensors, n_keys = self._counts()
        values: dict[str, Value] = {}
        for _ in range(n_keys):
            key = self._key()
            if key in values:
                raise self._bad(f"{shown(key)} occurs twice")
            values[key] = self._value(key)
        alignment = self._alignment(values.get("general.alignment"))
        tensors: dict[str, Tensor] = {}
        end = padded = 0
        for _ in range(n_tensors):
            tensor = self._tensor()
            if tensor.name in tensors:
                raise self._bad(f"the tensor {shown(tensor.name)} occurs twice")
            if tensor.offset != padded:
                raise self._bad(f"the data of {shown(tensor.name)} are not where they belong")
            tensors[tensor.name] = tensor
            end = padded + tensor.size_bytes
            padded = _pad(end, alignment)
        start = _pad(self._at, alignment)
        if self._size < start + end:
            raise cut_off(self._path, self._size, start + end)
        return GgufHeader(self._path, self._size, start, end, values, tensors)

    def _counts(self) -> tuple[int, int]:
        start = self._peek(512)
        if start[:4] != MAGIC:
            raise wrong_format(self._path, start, self._size)
        self._at = 4
        version = self._u32()
        if version & 0xFFFF == 0:
            raise self._bad("it is written for a machine of the other byte order")
        if version not in _VERSIONS:
            raise self._bad(f"GGUF version {version}")
        n_tensors, n_keys = self._u64(), self._u64()
        if n_tensors > _TENSORS_MAX:
            raise self._bad(f"{n_tensors} tensors")
        if not (1 <= n_keys <= _KEYS_MAX):
            raise self._bad(f"{n_keys} metadata keys")
        return n_tensors, n_keys

    def _key(self) -> str:
        raw = self._bytes(_KEY_LENGTH_MAX, "a metadata key")
        try:
            key = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._bad(f"the metadata key {shown(raw)}") from error
        if not key or not key.isprintable():
            raise self._bad(f"the metadata key “{shown(raw)}”")
        return key

    def _value(self, key: str) -> Value:
        kind = self._type(key)
        if kind is ValueType.STRING:
            text = self._bytes(_HEADER_MAX, key)
            return Value(kind, None, 1, text.split(b"\0", 1)[0])
        if kind is ValueType.ARRAY:
            return self._array(key)
        return Value(kind, None, 1, self._numbers(kind, 1)[0])

    def _array(self, key: str) -> Value:
        element, n = self._type(key), self._u64()
        if element is ValueType.ARRAY:
            raise self._bad(f"{shown(key)} is an array of arrays")
        if n > self._limit:  # every element has at least one byte
            raise self._bad(f"{shown(key)} has {n} elements")
        if element is ValueType.STRING:
            self._n_strings += n
            if self._n_strings > _STRINGS_MAX:
                raise self._bad(f"{shown(key)} has {n} texts")
            return Value(ValueType.ARRAY, element, n, self._strings(n, key))
        if n <= _NUMBERS_KEPT:
            return Value(ValueType.ARRAY, element, n, self._numbers(element, n))
        n_bytes = n * struct.calcsize("<" + _FORMATS[element])
        self._need(n_bytes)
        self._at += n_bytes
        return Value(ValueType.ARRAY, element, n, None)

    def _strings(self, n: int, key: str) -> list[bytes] | None:
        """`n` texts; a list only when they are wanted. The loop that decides the speed."""
        keep = key in self._kept_arrays
        texts: list[bytes] = []
        unpack, append = _U64.unpack_from, texts.append
        data, at = self._data, self._at
        for _ in range(n):
            begin = at + 8
            if begin > len(data):
                data = self._grow(begin)
            end = begin + unpack(data, at)[0]
            if end > len(data):
                data = self._grow(end)
            if keep:
                append(data[begin:end])
            at = end
        self._at = at
        return texts if keep else None

    def _numbers(self, kind: ValueType, n: int) -> tuple[float, ...]:
        layout = struct.Struct(f"<{n}{_FORMATS[kind]}")
        self._need(layout.size)
        numbers = layout.unpack_from(self._data, self._at)
        self._at += layout.size
        return numbers

    def _alignment(self, value: Value | None) -> int:
        if value is None:
            return DEFAULT_ALIGNMENT
        n = value.data
        # Below 32 bytes a memory-mapped tensor lies where ggml's buffers abort.
        if value.type is not ValueType.UINT32 or not isinstance(n, int):
            raise self._bad(f"general.alignment is of the type {value.type.name}")
        if n < DEFAULT_ALIGNMENT or n > 1 << 20 or n & (n - 1):
            raise self._bad(f"general.alignment is {n}")
        return n

    def _tensor(self) -> Tensor:
        raw = self._bytes(_TENSOR_NAME_MAX, "the name of a tensor")
        name = raw.decode("utf-8", "replace")
        if not name or not name.isprintable() or "�" in name:
            raise self._bad(f"the tensor name “{shown(raw)}”")
        n_dims = self._u32()
        if not (1 <= n_dims <= _DIMENSIONS_MAX):
            raise self._bad(f"{shown(name)} has {n_dims} dimensions")
        shape = tuple(self._u64() for _ in range(n_dims))
        type_id, offset = self._u32(), self._u64()
        if type_id not in TENSOR_TYPES:
            raise self._bad(f"{shown(name)} has the tensor type {type_id}")
        type_name, block, block_bytes = TENSOR_TYPES[type_id]
        n_elements = 1
        for n in shape:
            n_elements *= n
        if not (1 <= n_elements < 1 << 48) or shape[0] % block:
            raise self._bad(f"{shown(name)} has the shape {list(shape)} of {type_name}")
        return Tensor(name, shape, type_id, offset, n_elements // block * block_bytes)

    def _type(self, key: str) -> ValueType:
        number = self._u32()
        try:
            return ValueType(number)
        except ValueError as error:
            raise self._bad(f"{shown(key)} has the type {number}") from error

    def _bytes(self, limit: int, what: str) -> bytes:
        length = self._u64()
        if length > limit:
            raise self._bad(f"{shown(what)} is a text of {length} bytes")
        self._need(length)
        text = self._data[self._at : self._at + length]
        self._at += length
        return text

    def _u32(self) -> int:
        self._need(4)
        value: int = _U32.unpack_from(self._data, self._at)[0]
        self._at += 4
        return value

    def _u64(self) -> int:
        self._need(8)
        value: int = _U64.unpack_from(self._data, self._at)[0]
        self._at += 8
        return value

    def _peek(self, n: int) -> bytes:
        """The first bytes, as many of `n` as there are."""
        wanted = min(n, self._limit)
        if len(self._data) < wanted:
            self._grow(wanted)
        return self._data[:n]

    def _need(self, n: int) -> None:
        if self._at + n > len(self._data):
            self._grow(self._at + n)

    def _grow(self, end: int) -> bytes:
        """Make the window reach `end`, at least; returns it."""
        if end > self._limit:
            if self._limit < self._size:
                raise self._bad("its header has no end")
            raise cut_off(self._path, self._size)
        target = min(max(end, 2 * len(self._data), _FIRST_READ), self._limit)
        pieces = [self._data]
        missing = target - len(self._data)
        while missing > 0:
            piece = self._file.read(missing)
            if not piece:  # became shorter since its size was asked
                raise cut_off(self._path, self._size)
            pieces.append(piece)
            missing -= len(piece)
        self._data = b"".join(pieces)
        return self._data

    def _bad(self, what: str) -> ModelFileError:
        return damaged(self._path, what)


def _pad(n: int, alignment: int) -> int:
    return -(-n // alignment) * alignment
