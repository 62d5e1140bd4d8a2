"""A stick for a computer without a network: installers, a verified model, checksums, a readme.

    python packaging/air_gapped_kit.py OUT --model FILE.gguf [--sha256 HEX] INSTALLER ...

Makes OUT/lumbre-kit. The model must be one of the catalogue's files, by its size and SHA-256,
or have the hash that is given. The program finds `lumbre-kit/models` on every mounted drive.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "resources" / "catalogue.json"
KIT, MODELS, INSTALLERS = "lumbre-kit", "models", "installers"  # see app/hub/kit_places.py
PIECE = 8 << 20  # bytes
README = """\
LUMBRE WITHOUT A NETWORK

1. Check that nothing was damaged on the way, in this folder:
       Linux     sha256sum -c SHA256SUMS
       macOS     shasum -a 256 -c SHA256SUMS
       Windows   certutil -hashfile FILE SHA256     and compare with SHA256SUMS
2. Install Lumbre from "installers", or unpack the portable version.
3. Leave the stick in, start Lumbre and open "Models": the model on the stick is listed there.
   "Use" reads it from the stick; "Copy" puts it on this computer, which is much faster later.

A drive that is formatted as FAT32 cannot hold a file of 4 GB or more: use exFAT.


LUMBRE SIN RED

1. Comprueba en esta carpeta que nada se haya dañado por el camino:
       Linux     sha256sum -c SHA256SUMS
       macOS     shasum -a 256 -c SHA256SUMS
       Windows   certutil -hashfile ARCHIVO SHA256  y compáralo con SHA256SUMS
2. Instala Lumbre desde "installers", o descomprime la versión portátil.
3. Deja el USB conectado, inicia Lumbre y abre "Modelos": el modelo del USB aparece en la lista.
   "Usar" lo lee del USB; "Copiar" lo pone en este ordenador, y después es mucho más rápido.

Una unidad con formato FAT32 no admite archivos de 4 GB o más: usa exFAT.
"""


class KitError(Exception):
    """The kit cannot be made; the sentence says why. Nothing half-made is left."""


def main() -> int:
    """Make the kit; exit code 1 with a sentence."""
    parser = argparse.ArgumentParser(description="Make a kit for computers without a network.")
    parser.add_argument("out", type=Path, help="the stick, or any folder")
    parser.add_argument("installers", nargs="+", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="the first part of a GGUF")
    parser.add_argument("--sha256", help="what the model must be, when no catalogue lists it")
    options = parser.parse_args()
    try:
        print(make_kit(options.out, options.installers, options.model, options.sha256))
    except (KitError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def make_kit(out: Path, installers: list[Path], model: Path, sha256: str | None = None) -> Path:
    """The folder `lumbre-kit` in `out`; one of an earlier run is replaced at the end.

    Raises:
        KitError: something is missing, or the model is not what it should be.
    """
    for path in (*installers, model):
        if not path.is_file():
            raise KitError(f"There is no {path}.")
    expected = sha256.lower() if sha256 else catalogue_hash(model)
    if expected is None:
        raise KitError(
            f"{model.name} is no file of the catalogue (its name or size differs): give its "
            "hash with --sha256."
        )
    unfinished = out / f"{KIT}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        sums = [_copied(path, unfinished / INSTALLERS) for path in installers]
        digest, place = _copied(model, unfinished / MODELS)
        if digest != expected:
            raise KitError(f"{model.name} is damaged: its SHA-256 is {digest}, not {expected}.")
        sums.append((digest, place))
        lines = [
            f"{digest}  {place.relative_to(unfinished).as_posix()}" for digest, place in sums
        ]
        (unfinished / "SHA256SUMS").write_bytes("\n".join([*lines, ""]).encode())
        (unfinished / "READ-ME.txt").write_text(README, encoding="utf-8", newline="\r\n")
        kit = out / KIT
        shutil.rmtree(kit, ignore_errors=True)
        return unfinished.rename(kit)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def catalogue_hash(model: Path) -> str | None:
    """The SHA-256 of the catalogue's file with this name and size; None: it has none."""
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    size = model.stat().st_size
    for entry in catalogue["models"]:
        for file in entry["files"]:
            if Path(file["path"]).name == model.name and file["size_bytes"] == size:
                return str(file["sha256"])
    return None


def _copied(source: Path, folder: Path) -> tuple[str, Path]:
    """Copy into `folder`, read it back from there; its SHA-256 and where it is.

    Raises:
        KitError: what is read back differs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / source.name
    digest = hashlib.sha256()
    with source.open("rb") as file, target.open("wb") as copy:
        while piece := file.read(PIECE):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
        if hasattr(os, "posix_fadvise"):  # read back from the stick, not from memory
            os.posix_fadvise(copy.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with target.open("rb") as copy:
        read_back = hashlib.file_digest(copy, "sha256").hexdigest()
    if read_back != digest.hexdigest():
        raise KitError(f"{target} was not written correctly: try another stick.")
    return read_back, target


if __name__ == "__main__":
    sys.exit(main())
