"""What this is, its version, and the licences of everything that is shipped."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata

from PySide6.QtCore import QEvent, QSize, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.core.component_version import ComponentVersion
from app.core.resources import resource_path
from app.ui.buttons import TextButton
from app.ui.icons import app_icon

# Name, licence as its authors give it (SPDX), distribution whose version is shown.
COMPONENTS: tuple[tuple[str, str, str], ...] = (
    ("llama.cpp, llama-cpp-python", "MIT", "llama-cpp-python"),
    ("Qt, PySide6", "LGPL-3.0-only", "PySide6-Essentials"),
    ("SQLite, SQLCipher, sqlcipher3", "blessing, BSD-3-Clause, Zlib", "sqlcipher3"),
    ("sqlite-utils", "Apache-2.0", "sqlite-utils"),
    ("huggingface-hub", "Apache-2.0", "huggingface-hub"),
    ("tiktoken and o200k_base", "MIT", "tiktoken"),
    ("markdown-it-py", "MIT", "markdown-it-py"),
    ("mdit-py-plugins", "MIT", "mdit-py-plugins"),
    ("Pygments", "BSD-2-Clause", "pygments"),
    ("PDFium, pypdfium2", "BSD-3-Clause, Apache-2.0", "pypdfium2"),
    ("platformdirs", "MIT", "platformdirs"),
    ("psutil", "BSD-3-Clause", "psutil"),
    ("pypdfium2, PDFium", "BSD-3-Clause, Apache-2.0", "pypdfium2"),
    ("ziamath, ziafont, latex2mathml", "MIT", "ziamath"),
    ("keyring", "MIT", "keyring"),
    ("truststore", "MIT", "truststore"),
    ("Lucide icons", "ISC", ""),
)


THIRD_PARTY = "licences/THIRD-PARTY.txt"  # below resources/; made with a bundle


class AboutDialog(QDialog):
    """About Lumbre."""

    def __init__(
        self, versions: Sequence[ComponentVersion] = (), parent: QWidget | None = None
    ) -> None:
        """`versions` are those of the parts that this process runs on."""
        super().__init__(parent)
        self._versions = tuple(versions)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._heading = QLabel(self)
        self._heading.setObjectName("heading")
        self._heading.setText("Lumbre")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._licences = QPlainTextEdit(self)
        self._licences.setProperty("kind", "field")
        self._licences.setReadOnly(True)
        self._licences.setTabChangesFocus(True)
        self._licences_label = QLabel(self)
        self._licences_label.setObjectName("subheading")
        self._licences_label.setBuddy(self._licences)
        self._copy_button = TextButton("", self, icon_name="copy")
        self._close_button = TextButton("primary", self)
        self._close_button.setDefault(True)
        self._build()
        self._copy_button.clicked.connect(self._on_copy_clicked)
        self._close_button.clicked.connect(self.close)
        self.resize(560, 480)
        self._retranslate()

    def _build(self) -> None:
        picture = QLabel(self)
        picture.setPixmap(app_icon().pixmap(QSize(64, 64), self.devicePixelRatioF()))
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(picture)
        words = QVBoxLayout()
        words.addWidget(self._heading)
        words.addWidget(self._text)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self._close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 18)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(self._version_table())
        layout.addWidget(self._licences_label)
        layout.addWidget(self._licences, 1)
        layout.addLayout(buttons)

    def _version_table(self) -> QGridLayout:
        """Two columns of name and version; each can be selected with the mouse."""
        table = QGridLayout()
        table.setHorizontalSpacing(16)
        n_rows = (len(self._versions) + 1) // 2
        for at, item in enumerate(self._versions):
            side, row = divmod(at, n_rows)
            name, version = QLabel(item.name, self), QLabel(item.version, self)
            name.setProperty("kind", "muted")
            version.setTextFormat(Qt.TextFormat.PlainText)
            version.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            table.addWidget(name, row, 2 * side)
            table.addWidget(version, row, 2 * side + 1)
        table.setColumnStretch(1, 1)
        table.setColumnStretch(3, 1)
        return table

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("About Lumbre"))
        sentence = self.tr(
            "Version {version}. A private chat with gpt-oss on this computer. Free software "
            "under the Apache License 2.0."
        )
        self._text.setText(sentence.replace("{version}", __version__))
        self._licences_label.setText(self.tr("&Licences of what Lumbre is made with"))
        text = licence_text()
        if not resource_path(THIRD_PARTY).is_file():
            note = self.tr(
                "This is a copy of the source, not an installed program. The whole texts are "
                "collected when it is packed; here they lie beside the Python packages."
            )
            text = f"{note}\n\n{text}"
        self._licences.setPlainText(text)
        self._copy_button.setText(self.tr("Copy versions"))
        self._copy_button.setToolTip(self.tr("For a report of a mistake"))
        self._close_button.setText(self.tr("Close"))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(version_text(self._versions))


def version_text(versions: Sequence[ComponentVersion] = ()) -> str:
    """Versions of the program and of what it runs on, a line each."""
    lines = [str(item) for item in versions] or [
        f"Lumbre {__version__}",
        f"Python {sys.version.split()[0]} ({sys.platform})",
        f"Qt {qVersion()}",
    ]
    lines += [
        f"{name} {version}" for name, _, dist in COMPONENTS if (version := _version(dist))
    ]
    return "\n".join(lines)


def licence_text() -> str:
    """The licences of a bundle, whole; of a checkout, their names and the icons' notice."""
    whole = resource_path(THIRD_PARTY)
    if whole.is_file():
        return whole.read_text("utf-8", "replace")
    rows = [f"{name} {_version(dist)}".rstrip() + f": {lic}" for name, lic, dist in COMPONENTS]
    notice = resource_path("icons/lucide/LICENSE")
    return "\n".join(rows) + "\n\n" + notice.read_text("utf-8", "replace")


def _version(distribution: str) -> str:
    """The installed version; empty when there is none (parts without a distribution)."""
    if not distribution:
        return ""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""
