"""Models on a stick and beside a program that is carried along."""

from __future__ import annotations

from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.library import ImportMethod, ModelImported, ModelOrigin
from app.hub.kit_places import kit_places, mounted_drives
from app.hub.library import LocalLibrary
from app.hub.model_index import ModelIndex
from tests.hub.conftest import any_catalogue
from tests.hub.test_library import CONTENT, put, read_plain_card


def folders(program: Path | None, *drives: Path) -> list[Path]:
    return [place.folder for place in kit_places(program, drives)]


def test_every_drive_is_looked_at_for_a_kit(tmp_path: Path) -> None:
    put(tmp_path / "b/lumbre-kit/models/gpt-oss.gguf")
    found = folders(None, tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert found == [tmp_path / "b/lumbre-kit/models"]


def test_models_beside_a_portable_program_are_found(tmp_path: Path) -> None:
    put(tmp_path / "lumbre/models/gpt-oss.gguf")
    assert folders(tmp_path / "lumbre/lumbre") == [tmp_path / "lumbre/models"]


def test_a_program_in_the_kit_finds_the_kits_models_once(tmp_path: Path) -> None:
    put(tmp_path / "lumbre-kit/models/gpt-oss.gguf")
    program = tmp_path / "lumbre-kit/installers/lumbre-1.0/lumbre"
    assert folders(program, tmp_path) == [tmp_path / "lumbre-kit/models"]


def test_a_models_folder_elsewhere_above_the_program_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path / "models/gpt-oss.gguf")
    assert folders(tmp_path / "somewhere/lumbre/lumbre") == []


def test_the_drives_of_this_computer_can_be_listed() -> None:
    assert all(drive.is_absolute() for drive in mounted_drives())


def test_a_model_on_a_stick_can_be_copied_to_this_computer(tmp_path: Path) -> None:
    put(tmp_path / "stick/lumbre-kit/models/gpt-oss-20b.gguf")
    library = LocalLibrary(
        tmp_path / "models",
        ModelIndex(tmp_path / "models.json"),
        read_plain_card,
        any_catalogue(),
        lambda: kit_places(None, [tmp_path / "stick"]),
    )
    (tmp_path / "models").mkdir()
    (model,) = library.scan((), CancelToken()).models
    assert model.origin is ModelOrigin.FOLDER
    *_, last = library.import_model(model.card.path, ImportMethod.COPY, CancelToken())
    assert isinstance(last, ModelImported)
    (copy,) = (tmp_path / "models").rglob("*.gguf")
    assert copy.read_bytes() == CONTENT
