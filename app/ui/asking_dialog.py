"""How the questions of the open conversation are asked: instructions, level, sampling."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.core.generation import SamplingParams
from app.core.message import ReasoningEffort
from app.ui.asking import Asking, HowAsked
from app.ui.buttons import TextButton
from app.ui.preset_bar import PresetBar, PresetChosen
from app.ui.reasoning_text import effort_name
from app.ui.sampling_form import SamplingForm, ignore_wheel
from app.ui.window_room import open_with_size
from app.workers.typed_signal import signal_of


class AskingDialog(QDialog):
    """Asks once; what stands in the fields is taken over with the OK button."""

    how_chosen = signal_of(HowAsked)

    def __init__(
        self,
        asking: Asking,
        how: HowAsked,
        of_settings: SamplingParams,
        parent: QWidget | None = None,
    ) -> None:
        """Ask.

        Args:
            asking: keeps the presets.
            how: of the open conversation.
            of_settings: what holds where the conversation has no values of its own.
            parent: the window.
        """
        super().__init__(parent)
        self._of_settings = of_settings
        self.setWindowTitle(self.tr("Instructions and sampling"))
        self.field = QPlainTextEdit(self)
        self.level_box = QComboBox(self)
        self.own_box = QCheckBox(self.tr("Draw words otherwise than the settings say"), self)
        self.form = SamplingForm(of_settings, self)
        self.reset_button = TextButton("", self, icon_name="rotate-ccw")
        self.presets = PresetBar(asking, self._how, self)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._build()
        self._show(how)
        self.own_box.toggled.connect(self._on_own_toggled)
        self.reset_button.clicked.connect(self._on_reset_clicked)
        self.presets.preset_chosen.connect(self._on_preset_chosen)
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        self.field.setFocus()

    def _build(self) -> None:
        body = QWidget(self)
        body.setObjectName("pageBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(6)
        column.addWidget(self._label(self.tr("Preset"), self.presets.box))
        column.addWidget(self.presets)
        column.addSpacing(8)
        self._add_instructions(column)
        self._add_level(column)
        column.addWidget(self.own_box)
        column.addSpacing(4)
        column.addWidget(self.form)
        self.reset_button.setText(self.tr("Back to the recommended values"))
        column.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 14)
        layout.addWidget(area, 1)
        buttons = QVBoxLayout()
        buttons.setContentsMargins(20, 0, 20, 0)
        buttons.addWidget(self._buttons)
        layout.addLayout(buttons)
        open_with_size(self, 560, 680)

    def _add_instructions(self, column: QVBoxLayout) -> None:
        self.field.setProperty("kind", "field")
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(self.field.fontMetrics().lineSpacing() * 6 + 18)
        self.field.setAccessibleName(self.tr("Instructions"))
        column.addWidget(self._label(self.tr("Instructions"), self.field))
        column.addWidget(self.field)
        hint = self.tr(
            "Say how the model should behave, for example: Answer briefly. It holds from "
            "the next message on, in this conversation only."
        )
        column.addWidget(self._muted(hint))
        column.addSpacing(8)

    def _add_level(self, column: QVBoxLayout) -> None:
        for effort in ReasoningEffort:
            self.level_box.addItem(effort_name(effort), effort)
        self.level_box.setAccessibleName(self.tr("Reasoning level"))
        ignore_wheel(self.level_box)
        column.addWidget(self._label(self.tr("Reasoning level"), self.level_box))
        column.addWidget(self.level_box)
        column.addSpacing(8)

    def _label(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text, self)
        label.setBuddy(buddy)
        return label

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("kind", "muted")
        label.setWordWrap(True)
        return label

    def _show(self, how: HowAsked) -> None:
        self.field.setPlainText(how.instructions)
        self.level_box.setCurrentIndex(list(ReasoningEffort).index(how.reasoning))
        self.own_box.setChecked(how.sampling is not None)
        self.form.set_sampling(how.sampling or self._of_settings)
        self._on_own_toggled()

    def _how(self) -> HowAsked:
        return HowAsked(
            self.field.toPlainText().strip(),
            self.form.sampling if self.own_box.isChecked() else None,
            list(ReasoningEffort)[self.level_box.currentIndex()],
        )

    @Slot()
    def _on_own_toggled(self) -> None:
        is_own = self.own_box.isChecked()
        self.form.setEnabled(is_own)
        self.reset_button.setEnabled(is_own)
        if not is_own:
            self.form.set_sampling(self._of_settings)

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.form.set_sampling(SamplingParams())

    @Slot(object)
    def _on_preset_chosen(self, event: PresetChosen) -> None:
        self._show(self._how().with_preset(event.preset))

    @Slot()
    def _on_accepted(self) -> None:
        self.how_chosen.emit(self._how())
        self.accept()
