"""While the encryption is turned on or off: how far it has come, and a way back."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.core.cancellation import CancelToken
from app.core.vault import Conversion
from app.ui.buttons import TextButton

_STEPS = 1000


class ConversionDialog(QDialog):
    """Modal: nothing can be written to the history meanwhile."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setWindowTitle(title)
        self._cancel: CancelToken | None = None
        text = QLabel(title, self)
        text.setObjectName("subheading")
        self._detail = QLabel(self)
        self._detail.setProperty("kind", "muted")
        self._detail.setWordWrap(True)
        self._detail.setText(
            self.tr(
                "All conversations and backups are written anew and checked. Until that is "
                "done they stay as they are, whatever happens."
            )
        )
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(title)
        self.cancel_button = TextButton("", self)
        self.cancel_button.setText(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for widget in (text, self._detail, self.bar):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.setMinimumWidth(420)

    def set_cancel(self, cancel: CancelToken) -> None:
        """What the button cancels."""
        self._cancel = cancel

    @Slot(object)
    def show_progress(self, state: Conversion) -> None:
        """Move the bar; after the swap there is no way back."""
        self.bar.setValue(round(_STEPS * state.fraction))
        self.cancel_button.setEnabled(state.can_cancel)

    def reject(self) -> None:
        """Cancel the work; the dialog goes when that has ended."""
        if self._cancel is not None and self.cancel_button.isEnabled():
            self.cancel_button.setEnabled(False)
            self._cancel.cancel()
