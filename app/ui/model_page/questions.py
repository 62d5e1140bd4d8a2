"""Questions that the model page asks before it changes files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.core.library import ImportMethod, InstalledModel, ModelVerified, Verdict
from app.ui.size_words import size_text


def ask_import_method(parent: QWidget, path: Path) -> ImportMethod | None:
    """How a file is to become one of our models; None: not at all."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(QCoreApplication.translate("ModelPage", "Use a file"))
    text = QCoreApplication.translate("ModelPage", "How shall Lumbre use {name}?")
    box.setText(text.format(name=path.name))
    box.setInformativeText(
        QCoreApplication.translate(
            "ModelPage",
            "Used where it lies it needs no further room. Copied or moved it belongs to the "
            "models folder. A second name is possible on the same drive and needs no room.",
        )
    )
    role = QMessageBox.ButtonRole.AcceptRole
    texts = {
        ImportMethod.IN_PLACE: QCoreApplication.translate("ModelPage", "Use where it lies"),
        ImportMethod.COPY: QCoreApplication.translate("ModelPage", "Copy"),
        ImportMethod.MOVE: QCoreApplication.translate("ModelPage", "Move"),
        ImportMethod.HARD_LINK: QCoreApplication.translate("ModelPage", "Second name"),
    }
    buttons: dict[QPushButton, ImportMethod] = {
        box.addButton(text, role): method for method, text in texts.items()
    }
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    clicked = box.clickedButton()
    return next((m for button, m in buttons.items() if button is clicked), None)


def ask_to_delete(parent: QWidget, model: InstalledModel, n_bytes: int) -> bool:
    """Deleting a model cannot be undone: it would have to be fetched again."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(QCoreApplication.translate("ModelPage", "Delete a model"))
    text = QCoreApplication.translate("ModelPage", "Delete {name} for good?")
    box.setText(text.format(name=model.title))
    if n_bytes:
        text = QCoreApplication.translate(
            "ModelPage", "This gives {size} back. To use it again it must be fetched again."
        )
        box.setInformativeText(text.format(size=size_text(n_bytes)))
    else:
        box.setInformativeText(
            QCoreApplication.translate(
                "ModelPage",
                "This gives no room back: the file has another name elsewhere, which stays.",
            )
        )
    delete = box.addButton(
        QCoreApplication.translate("ModelPage", "Delete"),
        QMessageBox.ButtonRole.DestructiveRole,
    )
    keep = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(keep)
    box.exec()
    return box.clickedButton() is delete


def said_of(result: ModelVerified) -> str:
    """The outcome of a verification in a sentence."""
    name = result.model.title
    if result.verdict is Verdict.RIGHT:
        text = QCoreApplication.translate(
            "ModelPage", "{name} is right: every byte is as published."
        )
    elif result.verdict is Verdict.NO_HASH:
        text = QCoreApplication.translate(
            "ModelPage",
            "There is nothing to compare {name} with. Its hash is remembered, so that a later "
            "change will show.",
        )
    else:
        text = QCoreApplication.translate(
            "ModelPage", "{name} is damaged. Delete it and fetch it again."
        )
    return text.format(name=name)
