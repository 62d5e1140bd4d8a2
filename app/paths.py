"""Where this program keeps its files on each system, or all of them under one folder."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.core.errors import QT_TRANSLATE_NOOP, StorageError

APP_NAME = "lumbre"
PRACTICE_MODEL = "practice-gpt-oss.gguf"  # below resources/
PORTABLE_MARK = "portable.txt"  # beside the program: everything goes into ./data


@dataclass(frozen=True, slots=True)
class AppPaths:
    """All places that the program writes to; nothing is written anywhere else."""

    data_dir: Path  # conversations
    config_dir: Path
    cache_dir: Path
    log_dir: Path

    @property
    def settings_file(self) -> Path:
        """The person's choices."""
        return self.config_dir / "settings.json"

    @property
    def models_dir(self) -> Path:
        """Where downloaded models go unless the settings say otherwise."""
        return self.data_dir / "models"

    @property
    def log_file(self) -> Path:
        """What the program did; never what was said."""
        return self.log_dir / "lumbre.log"

    @property
    def trials_file(self) -> Path:
        """Which model files were tried out, and how it went."""
        return self.cache_dir / "trials.json"

    @property
    def tuned_file(self) -> Path:
        """How models were measured to run best."""
        return self.cache_dir / "tuned.json"


def app_paths(data_dir: Path | None = None) -> AppPaths:
    """The places; none is made yet.

    Args:
        data_dir: everything of this program under this folder; None: where the system
            wants it, or `data` beside a portable program.
    """
    folder = (own_program() or Path(sys.executable)).parent
    if data_dir is None and (folder / PORTABLE_MARK).is_file():
        data_dir = folder / "data"
    if data_dir is not None:
        root = data_dir.expanduser().absolute()
        return AppPaths(root, root, root / "cache", root / "logs")
    return AppPaths(
        Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)),
        Path(platformdirs.user_config_dir(APP_NAME, appauthor=False)),
        Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)),
        Path(platformdirs.user_log_dir(APP_NAME, appauthor=False)),
    )


def own_program() -> Path | None:
    """The file that the person starts; None in a checkout.

    An AppImage is mounted read-only somewhere for each start: its own file is what counts.
    """
    if not getattr(sys, "frozen", False):
        return None
    image, mounted = os.environ.get("APPIMAGE"), os.environ.get("APPDIR")
    program = Path(sys.executable)
    if image and mounted and program.is_relative_to(mounted):
        return Path(image)
    return program


def make_private(folder: Path) -> None:
    """Make a folder that only this user can read.

    Raises:
        StorageError: it cannot be made, or something else has its name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP(
                "errors",
                "The folder {folder} cannot be made: {reason}. Nothing was changed. Choose "
                "another folder with --data-dir, or make this one writable.",
            ),
            folder=str(folder),
            reason=error.strerror or str(error),
        ) from error
    with contextlib.suppress(OSError):  # another owner's folder stays as it is
        folder.chmod(0o700)
