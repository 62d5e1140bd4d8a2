"""The shipped catalogue, and what happens to one that is not as it must be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.core.catalogue import ModelKind
from app.core.errors import BugError
from app.core.resources import resource_path
from app.core.split_files import group_parts
from app.hub.catalogue import load_catalogue

SHIPPED = resource_path("catalogue.json")


def shipped() -> dict[str, Any]:
    raw = json.loads(SHIPPED.read_text("utf-8"))
    assert isinstance(raw, dict)
    return raw


def test_the_recommendation_is_the_original_file_with_its_known_hash() -> None:
    entry = load_catalogue(SHIPPED).recommended
    (file,) = entry.model.files
    assert entry.model.quantization == "MXFP4"
    assert file.name == "gpt-oss-20b-MXFP4.gguf"
    assert file.size_bytes == 12_109_566_624
    assert file.sha256.startswith("27cd6c43")


def test_every_entry_says_what_it_is_good_for_in_both_languages() -> None:
    catalogue = load_catalogue(SHIPPED)
    for summary in [e.summary for e in catalogue.entries + catalogue.repositories]:
        assert summary.in_language("en_GB") != summary.in_language("es_MX")
        assert summary.in_language("fr") == summary.en


def test_split_entries_name_all_their_parts_in_order() -> None:
    for entry in load_catalogue(SHIPPED).entries:
        paths = tuple(f.path for f in entry.model.files)
        assert group_parts(paths) == (paths,)


def test_the_safeguard_model_is_marked_as_what_it_is() -> None:
    marked = {r.repository: r.kind for r in load_catalogue(SHIPPED).repositories}
    assert marked["unsloth/gpt-oss-safeguard-20b-GGUF"] is ModelKind.SAFEGUARD


def _without_recommendation(raw: dict[str, Any]) -> None:
    raw["models"][0]["is_recommended"] = False


CHANGES = {
    "a short hash": lambda r: r["models"][0]["files"][0].update(sha256="27cd6c43"),
    "an upper-case hash": lambda r: r["models"][0]["files"][0].update(sha256="A" * 64),
    "a branch instead of a commit": lambda r: r["models"][0].update(revision="main"),
    "a size as text": lambda r: r["models"][0]["files"][0].update(size_bytes="12"),
    "a size of zero": lambda r: r["models"][0]["files"][0].update(size_bytes=0),
    "true as a size": lambda r: r["models"][0]["files"][0].update(size_bytes=True),
    "a path that leads out": lambda r: r["models"][0]["files"][0].update(path="../x.gguf"),
    "no repository": lambda r: r["models"][0].update(repository="gpt-oss"),
    "an unknown key": lambda r: r["models"][0].update(colour="red"),
    "a missing key": lambda r: r["models"][0].pop("quantization"),
    "a missing language": lambda r: r["models"][0]["summary"].pop("es"),
    "an unknown kind": lambda r: r["models"][0].update(kind="oracle"),
    "a text as a switch": lambda r: r["models"][0].update(is_recommended="yes"),
    "no files": lambda r: r["models"][0].update(files=[]),
    "the same id twice": lambda r: r["models"].append(r["models"][1]),
    "no recommendation": _without_recommendation,
    "another schema": lambda r: r.update(schema_version=2),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_catalogue_with_a_wrong_fact_is_refused_whole(change: str, tmp_path: Path) -> None:
    raw = shipped()
    CHANGES[change](raw)
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(BugError, match="catalogue"):
        load_catalogue(path)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "\x00"])
def test_a_catalogue_that_is_no_json_object_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_text(text, "utf-8")
    with pytest.raises(BugError, match="catalogue"):
        load_catalogue(path)
