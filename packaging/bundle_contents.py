"""What is in a bundle and what is not; shared by the PyInstaller spec and check_bundle.py.

Patterns are fnmatch's, on paths with forward slashes below the bundle's content folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

# Modules that PyInstaller would bring along and that nothing here calls.
EXCLUDED_MODULES = (
    "tkinter",
    "_tkinter",
    "unittest",
    "pydoc",
    "pydoc_data",
    "doctest",
    "test",
    "lib2to3",
    "distutils",
    "setuptools",
    "pkg_resources",
    "pip",
    "ensurepip",
    "idlelib",
    "curses",
    "xmlrpc",
    "sqlite3",  # the only SQLite is sqlcipher3's: two in one process ignore each other's locks
    "_sqlite3",
    "readline",
    # Only llama_cpp's high-level module and optional functions of others import these (45 MB);
    # app/engine/bindings.py loads nothing but the low-level one.
    "numpy",
    "jinja2",
    "markupsafe",
    "diskcache",
    "requests",
    "urllib3",
    "charset_normalizer",
    "rich",
    "typer",
    "hf_xet",  # our own downloader resumes across restarts; 11 MB
    "llama_cpp.server",
    "fastapi",
    "uvicorn",
    "openai_harmony",
    "torch",
    "transformers",
    "pytest",
    "hypothesis",
    "pydantic",
    "pydantic_core",
    "ast_serialize",
    "mypy",
    "mypyc",
    "PIL",
    "IPython",
    "matplotlib",
    "pandas",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtTest",
    "PySide6.QtSql",
    "PySide6.QtDesigner",
)

# Files of Qt that a program of widgets never opens.
DROPPED = (
    "PySide6/Qt/qml/*",
    "PySide6/qml/*",
    "*/plugins/egldeviceintegrations/*",
    "*/plugins/generic/*",
    "*/plugins/networkinformation/*",
    "*/plugins/tls/*",
    "*/plugins/sqldrivers/*",
    "*/plugins/qmltooling/*",
    "*/plugins/designer/*",
    "*/plugins/assetimporters/*",
    "*/plugins/imageformats/*qtiff*",
    "*/plugins/imageformats/*qtga*",
    "*/plugins/imageformats/*qwbmp*",
    "*/plugins/imageformats/*qpdf*",
    "*/plugins/imageformats/*qicns*",
    "*/plugins/platforms/*qlinuxfb*",
    "*/plugins/platforms/*qvkkhrdisplay*",
    "*/plugins/platforms/*qeglfs*",
    "*/plugins/platforms/*qvnc*",
    "*/plugins/platforms/*qminimalegl*",
    "*/plugins/platforms/*qminimal.*",
    "*/plugins/platforms/*qdirect2d*",
    "*/plugins/platformthemes/libqgtk3*",  # it would bring GTK along
    "*Qt6EglF*",
    "*Qt6Qml*",
    "*Qt6Quick*",
    "*Qt6Pdf*",
    "*Qt6VirtualKeyboard*",
    "*opengl32sw.dll",
    "*d3dcompiler_*.dll",
    "*.pyi",
)

# Of Qt's own texts, the languages that this program speaks.
QT_TRANSLATIONS = ("qtbase_en.qm", "qtbase_es.qm", "qt_en.qm", "qt_es.qm")

# Linux: libraries that must be the user's own, because drivers, display and C++ runtime of one
# system do not mix with another's. A bundled libstdc++ makes Vulkan vanish without a word.
HOST_LIBRARIES = tuple(
    f"{name}.so*"
    for name in (
        "libstdc++",
        "libgcc_s",
        "libvulkan",
        "libGL",
        "libEGL",
        "libGLX",
        "libGLdispatch",
        "libOpenGL",
        "libdrm",
        "libgbm",
        "libX11",
        "libX11-xcb",
        "libxcb",
        "libxcb-dri*",
        "libXau",
        "libXdmcp",
        "libXext",
        "libXrender",
        "libXi",
        "libXcomposite",
        "libXcursor",
        "libXdamage",
        "libXfixes",
        "libXinerama",
        "libXrandr",
        "libwayland-*",
        "libfontconfig",
        "libfreetype",
        "libexpat",
        "libz",
        "libdbus-1",
        "libglib-2*",
        "libgobject-2*",
        "libgmodule-2*",
        "libgio-2*",
        "libgthread-2*",
        "libgdk*",
        "libgtk*",
        "libcairo*",
        "libpango*",
        "libharfbuzz*",
        "libfribidi*",
        "libpixman*",
        "libgraphite2*",
        "libpng*",
        "libjpeg*",
        "libbrotli*",
        "libpcre2*",
        "libsystemd*",
        "libgcrypt*",
        "libgpg-error*",
        "libcap",
        "liblz4*",
        "libzstd*",
        "libbsd*",
        "libmd",
        "libmount*",
        "libblkid*",
        "libselinux*",
        "libatk*",
        "libatspi*",
        "libepoxy*",
        "libthai*",
        "libdatrie*",
        # CUPS and what it brings along; without it Qt still prints into a PDF.
        "libcups",
        "libavahi-*",
        "libgnutls",
        "libhogweed",
        "libnettle",
        "libidn2",
        "libp11-kit",
        "libtasn1",
        "libunistring",
        "libgmp",
    )
)


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that a bundle of one system may weigh, unpacked."""

    n_bytes: int


BUDGETS = {
    "linux": Budget(300_000_000),
    "win32": Budget(250_000_000),
    "darwin": Budget(300_000_000),
}


def is_dropped(place: str) -> bool:
    """True for a file that is left out on every system."""
    if ".dist-info/" in place and not place.endswith(("METADATA", "entry_points.txt")):
        return True
    path = PurePosixPath(place)
    if path.parts[0] == "PySide6" and "translations" in path.parts:
        return path.name not in QT_TRANSLATIONS
    return any(fnmatchcase(place, pattern) for pattern in DROPPED)


def is_host_library(place: str) -> bool:
    """True for a library of Linux that the user's system provides.

    Libraries inside a package's own folder (numpy.libs, PySide6/Qt/lib) are the package's.
    """
    name = PurePosixPath(place).name
    return "/" not in place and any(fnmatchcase(name, pattern) for pattern in HOST_LIBRARIES)
