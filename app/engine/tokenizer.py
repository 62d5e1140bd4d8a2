"""o200k_harmony: text and control tokens to ids, ids to bytes.

The vocabulary is the shipped `resources/o200k_base.tiktoken` (SHA-256 checked), so nothing is
fetched. Text is encoded by an encoder without control tokens: `<|end|>` typed by a person
stays seven harmless tokens, which llama.cpp's own tokenizer would turn into a control token.
"""

from __future__ import annotations

import base64
import codecs
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import tiktoken

from app.core.errors import QT_TRANSLATE_NOOP, BugError, UserError
from app.core.harmony import ControlToken, Segment

VOCABULARY_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
N_VOCAB = 201_088  # rows of the model's embedding, reserved ids included

# The splitting pattern of o200k_base (tiktoken_ext/openai_public.py, MIT).
_PATTERN = "|".join(
    [
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ]
)

# tiktoken 0.14 is linear here (300,000 equal characters in 0.1 s), but its regular expression
# panics on a run of a million spaces. Longer runs and texts are cut at this many characters;
# anything shorter is encoded exactly as the model was trained.
_RUN_MAX = _PIECE_MAX = 100_000
_RUN = re.compile(rf"\S{{{_RUN_MAX}}}|\s{{{_RUN_MAX}}}")


def _pieces(text: str) -> Iterable[str]:
    """Cut `text` so that no piece has a run or a length that the encoder suffers from."""
    if len(text) <= _RUN_MAX:
        yield text
        return
    start = 0
    for match in _RUN.finditer(text):
        if match.end() > start:
            yield from _slices(text, start, match.end())
            start = match.end()
    yield from _slices(text, start, len(text))


def _slices(text: str, start: int, end: int) -> Iterable[str]:
    while end - start > _PIECE_MAX:
        # Cut before a space, as the encoder's own pattern does, to leave words whole.
        space = text.rfind(" ", start + 1, start + _PIECE_MAX)
        cut = space if space > start else start + _PIECE_MAX
        yield text[start:cut]
        start = cut
    if end > start:
        yield text[start:end]


class Tokenizer:
    """Encoder and decoder of o200k_harmony. Safe to use from several threads."""

    def __init__(self, vocabulary: Path) -> None:
        """Load the vocabulary (about 0.5 s, 80 MB).

        Raises:
            UserError: the file is missing or damaged.
        """
        ranks = _read_ranks(vocabulary)
        self._encoding = tiktoken.Encoding(
            "o200k_harmony_text", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={}
        )
        pieces = [b""] * N_VOCAB
        for piece, rank in ranks.items():
            pieces[rank] = piece
        self._bytes = pieces

    def encode(self, text: str) -> list[int]:
        """Ids of plain text; never a control token, whatever the text says.

        Lone surrogates, which UTF-8 cannot carry, are read as U+FFFD.
        """
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        ids: list[int] = []
        for piece in _pieces(text):
            ids += self._encode_piece(piece)
        return ids

    def encode_segments(self, segments: Iterable[Segment]) -> list[int]:
        """Ids of a rendered prompt: control tokens as they are, each text on its own."""
        ids: list[int] = []
        for segment in segments:
            if isinstance(segment, ControlToken):
                ids.append(int(segment))
            else:
                ids += self.encode(segment)
        return ids

    def piece(self, token: int) -> bytes:
        """Bytes of a text token; b"" for control, reserved and unknown ids."""
        return self._bytes[token] if 0 <= token < N_VOCAB else b""

    def decode(self, ids: Iterable[int]) -> str:
        """Text of text tokens; control tokens vanish, half characters become U+FFFD."""
        return b"".join(map(self.piece, ids)).decode("utf-8", "replace")

    def spells(self, ids: Sequence[int], text: str) -> bool:
        """True when `ids` are text tokens, and there are some, that decode to just `text`."""
        pieces = [self.piece(token) for token in ids]
        return (
            all(pieces) and bool(pieces) and b"".join(pieces).decode("utf-8", "replace") == text
        )

    def without_half_character(self, ids: Sequence[int]) -> tuple[int, ...]:
        """`ids` up to the last one after which no character is incomplete."""
        kept = len(ids)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while kept:
            decoder.reset()
            decoder.decode(b"".join(map(self.piece, ids[max(0, kept - 8) : kept])))
            if not decoder.getstate()[0]:
                break
            kept -= 1
        return tuple(ids[:kept])

    def _encode_piece(self, piece: str) -> list[int]:
        try:
            return self._encoding.encode_ordinary(piece)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a Rust panic derives from BaseException
            raise BugError(f"the tokenizer failed on {len(piece)} characters") from error


def _read_ranks(path: Path) -> dict[bytes, int]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The vocabulary file {name} cannot be read. Your conversations are safe. "
                "Install Lumbre again.",
            ),
            name=path.name,
        ) from error
    if hashlib.sha256(raw).hexdigest() != VOCABULARY_SHA256:
        raise UserError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The vocabulary file {name} is damaged. Your conversations are safe. "
                "Install Lumbre again.",
            ),
            name=path.name,
        )
    ranks = {}
    for line in raw.splitlines():
        piece, rank = line.split()
        ranks[base64.b64decode(piece)] = int(rank)
    return ranks
