"""Where other programs keep their models, on each system."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.library import ModelOrigin

_SETTINGS_MAX = 1 << 20  # bytes of another program's settings that are read


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that may hold models."""

    origin: ModelOrigin
    folder: Path


def places_of_other_programs(
    home: Path, environ: Mapping[str, str], platform: str
) -> tuple[Place, ...]:
    """Folders that exist, each once.

    Args:
        home: the person's home folder.
        environ: environment variables.
        platform: `sys.platform`.
    """
    system = _System(home, environ, platform)
    found: dict[Path, Place] = {}
    for place in (
        *_of(ModelOrigin.HUGGING_FACE, _hugging_face(system)),
        *_of(ModelOrigin.LM_STUDIO, _lm_studio(system)),
        *_of(ModelOrigin.JAN, _jan(system)),
        *_of(ModelOrigin.GPT4ALL, _gpt4all(system)),
        *_of(ModelOrigin.LLAMA_CPP, _llama_cpp(system)),
        *_of(ModelOrigin.OLLAMA, _ollama(system)),
    ):
        if place.folder.is_dir():
            found.setdefault(place.folder.resolve(), place)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _System:
    home: Path
    environ: Mapping[str, str]
    platform: str

    def variable(self, name: str) -> Path | None:
        """The folder in an environment variable; None: not set."""
        value = self.environ.get(name, "").strip()
        return Path(value).expanduser() if value else None

    @property
    def data(self) -> Path:
        """Where programs keep data (Jan, GPT4All)."""
        if self.platform == "win32":
            return self.variable("APPDATA") or self.home / "AppData" / "Roaming"
        if self.platform == "darwin":
            return self.home / "Library" / "Application Support"
        return self.variable("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def local_data(self) -> Path:
        """The same, or what stays on this computer under Windows."""
        if self.platform == "win32":
            return self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
        return self.data

    @property
    def cache(self) -> Path:
        """Where programs keep what can be fetched again."""
        if self.platform == "win32":
            return self.local_data
        if self.platform == "darwin":
            return self.home / "Library" / "Caches"
        return self.variable("XDG_CACHE_HOME") or self.home / ".cache"


def _of(origin: ModelOrigin, folders: Iterator[Path | None]) -> Iterator[Place]:
    return (Place(origin, folder) for folder in folders if folder is not None)


def _hugging_face(system: _System) -> Iterator[Path | None]:
    yield system.variable("HF_HUB_CACHE")
    yield system.variable("HUGGINGFACE_HUB_CACHE")
    home = system.variable("HF_HOME")
    yield home / "hub" if home else None
    cache = system.variable("XDG_CACHE_HOME") or system.home / ".cache"
    yield cache / "huggingface" / "hub"


def _lm_studio(system: _System) -> Iterator[Path | None]:
    pointer = _text(system.home / ".lmstudio-home-pointer")
    for base in (
        Path(pointer) if pointer else None,
        system.home / ".lmstudio",
        system.home / ".cache" / "lm-studio",
    ):
        if base is not None:
            yield _named_folder(base / "settings.json", "downloadsFolder")
            yield base / "models"


def _jan(system: _System) -> Iterator[Path | None]:
    yield _named_folder(system.data / "Jan" / "settings.json", "data_folder")
    config = system.variable("XDG_CONFIG_HOME") or system.home / ".config"
    yield _named_folder(config / "Jan" / "settings.json", "data_folder")
    yield system.data / "Jan" / "data"
    yield system.home / "jan"
    yield system.home / "cortexcpp" / "models"


def _gpt4all(system: _System) -> Iterator[Path | None]:
    yield system.local_data / "nomic.ai" / "GPT4All"


def _llama_cpp(system: _System) -> Iterator[Path | None]:
    yield system.variable("LLAMA_CACHE")
    yield system.cache / "llama.cpp"


def _ollama(system: _System) -> Iterator[Path | None]:
    yield system.variable("OLLAMA_MODELS")
    yield system.home / ".ollama" / "models"
    if system.platform == "linux":
        yield Path("/usr/share/ollama/.ollama/models")
        yield Path("/var/lib/ollama/.ollama/models")


def _named_folder(settings: Path, key: str) -> Path | None:
    """A folder that another program's settings name; None: they name none."""
    try:
        raw = json.loads(_text(settings) or "null")
    except (ValueError, RecursionError):
        return None
    value = raw.get(key) if isinstance(raw, dict) else None
    return Path(value) if isinstance(value, str) and value else None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _SETTINGS_MAX:
            return ""
        return path.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
