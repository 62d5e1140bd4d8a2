"""Imports the typesetter of formulas without what it does not need."""

from __future__ import annotations

import html
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import ModuleType

_SAXUTILS = "xml.sax.saxutils"


def import_typesetter() -> None:
    """0.2 s and 15 MB, on a busy machine longer than a formula may take; never broken off."""
    with suppress(ImportError), _without_network_modules():
        importlib.import_module("ziamath.zmath")  # without it no formula is typeset


@contextmanager
def _without_network_modules() -> Iterator[None]:
    """latex2mathml takes one function from a module that imports urllib.request.

    That brings in http and ssl, 5 MB that this program otherwise loads only for downloads.
    """
    if "latex2mathml.converter" in sys.modules or _SAXUTILS in sys.modules:
        yield
        return
    light = ModuleType(_SAXUTILS)
    light.escape = _escaped  # type: ignore[attr-defined]
    light.unescape = _unescaped  # type: ignore[attr-defined]
    sys.modules[_SAXUTILS] = light
    try:
        importlib.import_module("latex2mathml.converter")
    finally:
        del sys.modules[_SAXUTILS]
    yield


def _escaped(data: str, entities: Mapping[str, str] | None = None) -> str:
    """As the standard library's: `entities` are replaced after the three signs of XML."""
    data = html.escape(data, quote=False)
    for sign, entity in (entities or {}).items():
        data = data.replace(sign, entity)
    return data


def _unescaped(data: str, entities: Mapping[str, str] | None = None) -> str:
    """As the standard library's: the ampersand comes last."""
    pairs = (("&gt;", ">"), ("&lt;", "<"), *(entities or {}).items())
    for entity, sign in pairs:
        data = data.replace(entity, sign)
    return data.replace("&amp;", "&")
