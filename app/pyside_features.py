"""Keeps PySide6 from reading the source of every module that is imported.

PySide6 looks there for its own name, to know where its snake_case feature could be wanted,
and the lines of some 300 files stay in memory: 11 MB. This program wants no feature anywhere,
and the installed one has no sources to read.
"""

from __future__ import annotations

import importlib
from types import ModuleType

_LOOK_UP = "_mod_uses_pyside"


def leave_sources_unread() -> None:
    """Answer PySide6's question for it; to be called before other modules are imported.

    Does nothing when a version of PySide6 asks in another way.
    """
    importlib.import_module("PySide6.QtCore")  # brings the support modules
    try:
        feature = importlib.import_module("shibokensupport.feature")
    except ImportError:
        return
    if hasattr(feature, _LOOK_UP):
        setattr(feature, _LOOK_UP, _uses_no_feature)


def _uses_no_feature(_: ModuleType) -> bool:
    return False
