"""The settings file is never half written, and nothing in it stops the program."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import StorageError
from app.core.generation import EngineSettings, SamplingParams
from app.core.message import ReasoningEffort
from app.core.settings import Settings, load_settings, save_settings


def test_everything_that_is_saved_comes_back(tmp_path: Path) -> None:
    settings = Settings(
        language="es",
        theme="dark",
        zoom_percent=150,
        reasoning=ReasoningEffort.HIGH,
        instructions="Sé breve.",
        model_path="/modelos/ñandú.gguf",
        model_folders=("/a", "/b"),
        sampling=SamplingParams(temperature=0.5, seed=7),
        engine=EngineSettings(n_ctx=4096, n_threads=3),
        is_offline_locked=True,
    )
    path = tmp_path / "new folder" / "settings.json"
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == Settings()


def test_values_out_of_range_keep_their_default_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        json.dumps(
            {
                "language": "kl",
                "zoom_percent": 5000,
                "theme": "dark",
                "reasoning": "extreme",
                "sampling": {"temperature": -1},
                "engine": {"n_ctx": "many"},
                "shows_thinking": "yes",
                "model_folders": [1],
            }
        )
    )
    assert load_settings(path) == replace(Settings(), theme="dark")


def test_settings_of_a_newer_version_survive_a_save(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"schema_version": 9, "theme": "light", "telepathy": {"on": true}}')
    save_settings(replace(load_settings(path), theme="dark"), path)
    saved = json.loads(path.read_text())
    assert saved["telepathy"] == {"on": True}
    assert saved["theme"] == "dark"


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\x00\x00\x00")
    assert load_settings(path) == Settings()
    assert (tmp_path / "settings.json.damaged").read_bytes() == b"\x00\x00\x00"


@given(raw=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*Settings.__slots__, "x"]), inner, max_size=6),
    max_leaves=12,
))  # fmt: skip
def test_no_json_stops_the_program(tmp_path_factory: pytest.TempPathFactory, raw) -> None:
    path = tmp_path_factory.mktemp("s") / "settings.json"
    path.write_text(json.dumps(raw))
    assert isinstance(load_settings(path), Settings)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="settings could not be saved"):
        save_settings(Settings(), tmp_path / "file" / "settings.json")
