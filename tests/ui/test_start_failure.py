"""A start that fails without a terminal is told in a window."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.core.errors import QT_TRANSLATE_NOOP, StorageError
from app.core.settings import Settings
from app.ui.start_failure import show_start_failure

FAILURE = StorageError(
    QT_TRANSLATE_NOOP(
        "errors",
        "Lumbre is already running with the folder {folder}, but its window does not "
        "answer. Your conversations are safe. Close that program, or start with another "
        "--data-dir.",
    ),
    folder="/somewhere",
)


def read_and_close(language: str) -> str:
    """What the box says, read while it waits."""
    said: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        box.accept()

    QTimer.singleShot(0, read)
    show_start_failure(FAILURE, Settings(language=language))
    return said[0]


def test_the_sentence_is_shown_in_the_language_of_the_person(qtbot: QtBot) -> None:
    assert read_and_close("en").startswith("Lumbre is already running with the folder /some")
    assert read_and_close("es").startswith("Lumbre ya está abierto con la carpeta /somewhere")
    read_and_close("en")  # the language of the other tests
