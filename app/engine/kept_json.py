"""What the engine remembers in small JSON files: written whole or not at all."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any


def write_kept(file: Path, content: dict[str, Any]) -> None:
    """Put `content` in the place of what `file` held; its folder is made when it is missing.

    Two processes may write at the same time: the last one wins, and no file is mixed.

    Raises:
        OSError: nothing was changed.
    """
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary.write_text(json.dumps(content, indent=1), "utf-8")
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
