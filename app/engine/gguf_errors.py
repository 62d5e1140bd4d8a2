"""Sentences about files that are no sound GGUF."""

from __future__ import annotations

from pathlib import Path

from app.core.errors import QT_TRANSLATE_NOOP, ModelFileError


def damaged(path: Path, what: str) -> ModelFileError:
    """The sentence for a file that no converter has written like this.

    Args:
        path: the file.
        what: the place and what stands there, in the format's own words.
    """
    return ModelFileError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The model file {file} is damaged, or its maker does not follow the format: "
            "{what}. Nothing was loaded and your conversations are safe. Download the model "
            "again, or choose another one.",
        ),
        file=path.name,
        what=what,
    )


def cut_off(path: Path, size: int, expected: int | None = None) -> ModelFileError:
    """The file is shorter than its header says; `expected` None: the header itself is cut."""
    if expected is None:
        return ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The model file {file} is cut off: its {size} bytes end inside the header. "
                "Nothing was loaded and your conversations are safe. Download the model "
                "again.",
            ),
            file=path.name,
            size=size,
        )
    return ModelFileError(
        QT_TRANSLATE_NOOP(
            "errors",
            "The model file {file} is cut off: it has {size} of {expected} bytes. Nothing was "
            "loaded and your conversations are safe. Download the model again.",
        ),
        file=path.name,
        size=size,
        expected=expected,
    )


def wrong_format(path: Path, start: bytes, size: int) -> ModelFileError:
    """What a file without the magic bytes is, as far as its first bytes tell."""
    if size == 0:
        return ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The model file {file} is empty. Nothing was loaded and your conversations "
                "are safe. Download the model again.",
            ),
            file=path.name,
        )
    if start.lstrip()[:1] == b"<":
        return ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is a web page that was saved in place of the model, often the sign-in "
                "page of a network. Nothing was loaded. Sign in to the network and download "
                "the model again.",
            ),
            file=path.name,
        )
    if start.startswith(b"version https://git-lfs"):
        return ModelFileError(
            QT_TRANSLATE_NOOP(
                "errors",
                "{file} is a Git LFS pointer, which only names the model and does not hold "
                "it. Nothing was loaded. Run git lfs pull, or download the model itself.",
            ),
            file=path.name,
        )
    return ModelFileError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{file} is not a model in the GGUF format. Nothing was loaded and your "
            "conversations are safe. Choose a gpt-oss file whose name ends in .gguf.",
        ),
        file=path.name,
    )
