"""Why the window did not open, for somebody who started the program without a terminal."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QMessageBox

from app.core.errors import LumbreError
from app.core.settings import Settings
from app.ui import translations
from app.ui.error_text import error_text


def show_start_failure(error: LumbreError, settings: Settings) -> None:
    """Show the error's sentence and wait until it is read. GUI thread only."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    translations.install(app, settings.language)
    box = QMessageBox(QMessageBox.Icon.Critical, "Lumbre", error_text(error))
    box.exec()
