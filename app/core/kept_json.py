"""Small JSON files that the program keeps: written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.core.disk_sync import replace_file


def read_kept(file: Path) -> dict[str, Any]:
    """What `write_kept` put there; empty when there is no such file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged: not UTF-8, no JSON, nested too deeply, or no object.
    """
    try:
        raw = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if isinstance(raw, dict):
        return raw
    raise ValueError("not an object")


def write_kept(
    file: Path, content: Mapping[str, Any], *, survives_power_cut: bool = True
) -> None:
    """Put `content` in the place of what `file` held; its folder is made when it is missing.

    Two processes may write at the same time: the last one wins, and no file is mixed.

    Args:
        file: where.
        content: what `json` can write.
        survives_power_cut: False does not wait for the disk, which can take seconds while
            something large is written to it; a power cut may then leave a damaged file.

    Raises:
        OSError: nothing was changed.
    """
    text = json.dumps(content, ensure_ascii=False, indent=2)
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(temporary, "wb") as handle:
            # A name of a file may hold bytes that are no text: they become JSON's own escapes.
            handle.write(text.encode("utf-8", "backslashreplace"))
            if survives_power_cut:
                handle.flush()
                os.fsync(handle.fileno())
        replace_file(temporary, file)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
