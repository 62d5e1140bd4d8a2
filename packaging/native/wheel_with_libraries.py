"""Puts native libraries into a finished wheel, with their lines in its RECORD."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

LIBRARY_FOLDER = "llama_cpp/lib/"


def write(
    plain: Path, libraries: dict[str, Path], into: Path, platform_tag: str | None = None
) -> Path:
    """A copy of the wheel `plain` in the folder `into`, with `libraries` in llama_cpp/lib.

    `libraries`: place below llama_cpp/lib, with forward slashes -> file. `platform_tag`: the
    system that they are for; None: the one that the plain wheel names.
    """
    into.mkdir(parents=True, exist_ok=True)
    tag = plain.stem.rpartition("-")[2]
    new_tag = platform_tag or tag
    complete = into / plain.name.replace(tag, new_tag)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(complete, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        record_name = next(name for name in source.namelist() if name.endswith("/RECORD"))
        record = source.read(record_name).decode("utf-8").splitlines()
        for item in source.infolist():
            content = source.read(item.filename)
            if item.filename.endswith(".dist-info/WHEEL") and new_tag != tag:
                content = content.replace(tag.encode(), new_tag.encode())
                record = [line for line in record if not line.startswith(item.filename)]
                record.append(_record_line(item.filename, content))
            if item.filename != record_name:
                target.writestr(item, content)
        for place, path in sorted(libraries.items()):
            content = path.read_bytes()
            entry = zipfile.ZipInfo(LIBRARY_FOLDER + place, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100755 << 16
            target.writestr(entry, content)
            record.append(_record_line(entry.filename, content))
        target.writestr(record_name, "\n".join(record) + "\n")
    return complete


def _record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}"
