"""The person's choices, kept in one JSON file that is never left half written."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.generation import EngineSettings, SamplingParams
from app.core.kept_json import read_kept, write_kept
from app.core.message import ReasoningEffort

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 1
LANGUAGES = ("system", "en", "es")
THEMES = ("system", "light", "dark", "high_contrast")


@dataclass(frozen=True, slots=True)
class Settings:
    """All choices. A change is a new value; `save_settings` writes it."""

    schema_version: int = SCHEMA_VERSION
    language: str = "system"
    theme: str = "system"
    zoom_percent: int = 100  # of the conversation's text, 80..200
    reasoning: ReasoningEffort = ReasoningEffort.MEDIUM  # of a new conversation
    instructions: str = ""  # developer message of a new conversation
    tells_date: bool = True  # the system message says the date, see `shown_date`
    sends_with_ctrl_enter: bool = False  # False: Enter sends, Shift+Enter breaks the line
    shows_thinking: bool = False  # thinking sections start unfolded
    shows_statistics: bool = True
    searches_thinking: bool = False  # the search finds words of the thinking, too
    model_path: str = ""  # the model that is loaded at start; empty: ask
    model_folders: tuple[str, ...] = ()  # further folders to look for models in
    models_dir: str = ""  # where downloads go; empty: under the data folder
    sampling: SamplingParams = field(default_factory=SamplingParams)
    engine: EngineSettings = field(default_factory=EngineSettings)
    reads_ahead: bool = True  # what will probably be asked is read while nothing else is
    reads_ahead_on_battery: bool = False
    saves_energy_on_battery: bool = True  # fewer threads
    unload_after_minutes: int = 30  # without a touch; 0: never
    has_seen_tuning: bool = False  # measuring this computer was offered once
    kv_state_budget_mib: int = 2048  # of what models have read, kept on the disk; 0: none
    is_offline_locked: bool = False  # every connection attempt of the program fails
    download_limit_kib_s: int = 0  # KiB a second; 0: no limit
    auto_lock_minutes: int = 15  # without a touch, where there is a passphrase; 0: never
    has_seen_welcome: bool = False
    window_geometry: str = ""  # Qt's, in base64; empty: the window's own choice
    is_sidebar_shown: bool = True
    unknown: dict[str, Any] = field(default_factory=dict)  # of a newer version: kept as is

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"language must be one of {LANGUAGES}")
        if self.theme not in THEMES:
            raise ValueError(f"theme must be one of {THEMES}")
        if not (80 <= self.zoom_percent <= 200):
            raise ValueError("zoom_percent must be in 80..200")
        if self.download_limit_kib_s < 0:
            raise ValueError("download_limit_kib_s must not be negative")
        if self.kv_state_budget_mib < 0:
            raise ValueError("kv_state_budget_mib must not be negative")
        if self.unload_after_minutes < 0:
            raise ValueError("unload_after_minutes must not be negative")
        if self.auto_lock_minutes < 0:
            raise ValueError("auto_lock_minutes must not be negative")


_NESTED = {"sampling": SamplingParams, "engine": EngineSettings}


def load_settings(path: Path) -> Settings:
    """Read the file; what is missing or out of range keeps its default.

    A file that is not JSON is set aside as `settings.json.damaged`, never overwritten.
    """
    try:
        raw = read_kept(path)
    except (OSError, ValueError) as error:
        logger.warning("settings not read, defaults used: %s", error)
        with contextlib.suppress(OSError):
            path.replace(path.with_name(path.name + ".damaged"))
        return Settings()
    known = {f.name for f in fields(Settings)} - {"unknown", "schema_version"}
    settings = Settings(unknown={k: v for k, v in raw.items() if k not in known})
    settings.unknown.pop("schema_version", None)
    for name in known & raw.keys():
        try:
            settings = replace(settings, **{name: _value(name, raw[name])})
        except (TypeError, ValueError) as error:
            logger.warning("setting %s keeps its default: %s", name, error)
    return settings


def _value(name: str, raw: Any) -> Any:
    if name in _NESTED:
        if not isinstance(raw, dict):
            raise TypeError("must be an object")
        nested = _NESTED[name]
        known = {f.name for f in fields(nested)}
        return nested(**{k: v for k, v in raw.items() if k in known})
    if name == "reasoning":
        return ReasoningEffort(raw)
    default = getattr(Settings(), name)
    if isinstance(default, tuple):
        if not (isinstance(raw, list) and all(isinstance(x, str) for x in raw)):
            raise TypeError("must be a list of texts")
        return tuple(raw)
    if type(raw) is not type(default):
        raise TypeError(f"must be {type(default).__name__}")
    return raw


def save_settings(settings: Settings, path: Path) -> None:
    """Write all of them; see `write_kept`.

    Raises:
        StorageError: the folder cannot be written.
    """
    values = asdict(settings)
    unknown = values.pop("unknown")
    try:
        write_kept(path, {**unknown, **values})
    except OSError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The settings could not be saved in {folder}: {reason}. They hold until "
                "Lumbre closes. Check that the folder can be written and has room.",
            ),
            folder=str(path.parent),
            reason=error.strerror or str(error),
        ) from error
