"""The language of the window, changed while it is open."""

from __future__ import annotations

import logging

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app.core.resources import resource_path

logger = logging.getLogger(__name__)

TRANSLATED = ("es",)  # English is the source

_installed: list[QTranslator] = []


def language_of(choice: str) -> str:
    """The language meant by a value of `app.core.settings.LANGUAGES`: "en" or "es"."""
    if choice in {"en", *TRANSLATED}:
        return choice
    for name in QLocale.system().uiLanguages():
        language = name.replace("_", "-").partition("-")[0].lower()
        if language in {"en", *TRANSLATED}:
            return language
    return "en"


def install(app: QApplication, choice: str) -> str:
    """Translate the window; widgets hear of it by `QEvent.LanguageChange`.

    Returns:
        The language in force, "en" or "es".
    """
    language = language_of(choice)
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(_locale(language))
    if language == "en":
        return language
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (
        (f"qtbase_{language}", qt_folder),
        (f"lumbre_{language}", str(resource_path("translations"))),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
            _installed.append(translator)
        else:
            logger.warning("translation %s is missing", name)
    return language


def _locale(language: str) -> QLocale:
    """The system's country with the chosen language, so that numbers look familiar."""
    system = QLocale.system()
    if system.name().startswith(language):
        return system
    return QLocale(language)
