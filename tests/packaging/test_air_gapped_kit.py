"""The kit for computers without a network: made only of what was verified."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import air_gapped_kit
import pytest
from air_gapped_kit import KitError, make_kit

from app.hub import kit_places

MODEL = b"GGUF and weights"
SHA256 = hashlib.sha256(MODEL).hexdigest()


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path, Path]:
    """An empty stick, an installer and a model."""
    stick, installer, model = tmp_path / "stick", tmp_path / "setup.exe", tmp_path / "m.gguf"
    stick.mkdir()
    installer.write_bytes(b"the program")
    model.write_bytes(MODEL)
    return stick, installer, model


def test_the_kit_holds_everything_and_its_checksums(parts: tuple[Path, Path, Path]) -> None:
    stick, installer, model = parts
    kit = make_kit(stick, [installer], model, SHA256.upper())
    names = {path.relative_to(stick).as_posix() for path in stick.rglob("*") if path.is_file()}
    assert names == {
        "lumbre-kit/READ-ME.txt",
        "lumbre-kit/SHA256SUMS",
        "lumbre-kit/installers/setup.exe",
        "lumbre-kit/models/m.gguf",
    }
    assert f"{SHA256}  models/m.gguf\n" in (kit / "SHA256SUMS").read_text()


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum")
def test_the_checksums_are_what_the_usual_tool_reads(parts: tuple[Path, Path, Path]) -> None:
    stick, installer, model = parts
    kit = make_kit(stick, [installer], model, SHA256)
    command = ["sha256sum", "-c", "SHA256SUMS"]
    assert subprocess.run(command, cwd=kit, check=False).returncode == 0
    (kit / "models/m.gguf").write_bytes(MODEL + b"!")
    assert subprocess.run(command, cwd=kit, check=False).returncode == 1


def test_a_damaged_model_makes_no_kit(parts: tuple[Path, Path, Path]) -> None:
    stick, installer, model = parts
    model.write_bytes(b"GGUF and dust...")
    with pytest.raises(KitError, match="is damaged"):
        make_kit(stick, [installer], model, SHA256)
    assert list(stick.iterdir()) == []


def test_a_model_that_nobody_knows_needs_its_hash(parts: tuple[Path, Path, Path]) -> None:
    stick, installer, model = parts
    with pytest.raises(KitError, match="no file of the catalogue"):
        make_kit(stick, [installer], model)


def test_a_missing_installer_is_said_before_anything_is_copied(
    parts: tuple[Path, Path, Path],
) -> None:
    stick, _, model = parts
    with pytest.raises(KitError, match=r"There is no .*setup\.msi"):
        make_kit(stick, [stick / "setup.msi"], model, SHA256)
    assert list(stick.iterdir()) == []


def test_a_new_kit_replaces_the_old_one_only_when_it_is_whole(
    parts: tuple[Path, Path, Path],
) -> None:
    stick, installer, model = parts
    kit = make_kit(stick, [installer], model, SHA256)
    with pytest.raises(KitError):
        make_kit(stick, [installer], model, "0" * 64)
    assert (kit / "models/m.gguf").read_bytes() == MODEL


def test_the_program_looks_where_the_kit_has_its_models(
    parts: tuple[Path, Path, Path],
) -> None:
    stick, installer, model = parts
    kit = make_kit(stick, [installer], model, SHA256)
    (place,) = kit_places.kit_places(None, [stick])
    assert place.folder == kit / air_gapped_kit.MODELS
