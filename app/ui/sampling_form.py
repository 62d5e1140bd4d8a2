"""Fields for how tokens are drawn, each with a line that says what it does."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Slot
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core.generation import SamplingParams
from app.workers.typed_signal import signal_of

MAX_SEED = 2**32 - 2
_FIELD_WIDTH = 200  # logical pixels


@dataclass(frozen=True, slots=True)
class SamplingChanged:
    """What stands in the fields now."""

    sampling: SamplingParams


class SamplingForm(QWidget):
    """All values of `SamplingParams`; a change is told at once, the seed's when it is left."""

    changed = signal_of(SamplingChanged)

    def __init__(self, sampling: SamplingParams, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._temperature = self._decimal(0.0, 5.0, 0.1)
        self._top_k = QSpinBox(self)
        self._top_k.setRange(0, 1000)
        self._top_p = self._decimal(0.01, 1.0, 0.05)
        self._min_p = self._decimal(0.0, 0.99, 0.01)
        self._penalty = self._decimal(1.0, 2.0, 0.05)
        self._seed = QLineEdit(self)
        digits = QRegularExpression(r"\d{0,10}")
        self._seed.setValidator(QRegularExpressionValidator(digits, self._seed))
        self._seed.setMaximumWidth(_FIELD_WIDTH)
        self._labels: list[QLabel] = []
        self._add_all()
        width = max(label.sizeHint().width() for label in self._labels)
        for label in self._labels:
            label.setMinimumWidth(width)
        self.set_sampling(sampling)
        for box in (self._temperature, self._top_p, self._min_p, self._penalty, self._top_k):
            ignore_wheel(box)
            box.valueChanged.connect(self._on_changed)
        self._seed.editingFinished.connect(self._on_changed)

    @property
    def sampling(self) -> SamplingParams:
        """What stands in the fields."""
        seed = self._seed.text()
        return SamplingParams(
            temperature=round(self._temperature.value(), 2),
            top_k=self._top_k.value(),
            top_p=round(self._top_p.value(), 2),
            min_p=round(self._min_p.value(), 2),
            repeat_penalty=round(self._penalty.value(), 2),
            seed=min(int(seed), MAX_SEED) if seed else None,
        )

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show these values. Tells nobody."""
        was_blocked = self.blockSignals(True)
        self._temperature.setValue(sampling.temperature)
        self._top_k.setValue(sampling.top_k)
        self._top_p.setValue(sampling.top_p)
        self._min_p.setValue(sampling.min_p)
        self._penalty.setValue(sampling.repeat_penalty)
        self._seed.setText("" if sampling.seed is None else str(sampling.seed))
        self.blockSignals(was_blocked)

    def _add_all(self) -> None:
        self._add(
            self.tr("Temperature"),
            self._temperature,
            self.tr("0 always takes the likeliest word. gpt-oss was made for 1."),
        )
        self._add(
            self.tr("Top-k"),
            self._top_k,
            self.tr("How many of the likeliest words may come next. 0: no limit, and slow."),
        )
        self._add(
            self.tr("Top-p"),
            self._top_p,
            self.tr("Only the likeliest words that reach this share together. 1 is off."),
        )
        self._add(
            self.tr("Min-p"),
            self._min_p,
            self.tr("Leaves out words far less likely than the likeliest. 0 is off."),
        )
        self._add(
            self.tr("Repeat penalty"),
            self._penalty,
            self.tr(
                "Makes words that just came less likely, also where they are needed, as in "
                "code. 1 is off."
            ),
        )
        self._add(
            self.tr("Seed"),
            self._seed,
            self.tr(
                "With the same number, the same question, model and computer give the same "
                "answer. Empty: by chance."
            ),
        )

    def _add(self, name: str, control: QWidget, detail: str) -> None:
        control.setAccessibleName(name)
        control.setAccessibleDescription(detail)
        control.setMinimumWidth(_FIELD_WIDTH)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        label = QLabel(name, self)
        self._labels.append(label)
        label.setBuddy(control)
        form.addRow(label, control)
        self._column.addLayout(form)
        explanation = QLabel(detail, self)
        explanation.setProperty("kind", "muted")
        explanation.setWordWrap(True)
        self._column.addWidget(explanation)
        self._column.addSpacing(8)

    def _decimal(self, low: float, high: float, step: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox(self)
        box.setRange(low, high)
        box.setSingleStep(step)
        return box

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit(SamplingChanged(self.sampling))


def ignore_wheel(control: QComboBox | QAbstractSpinBox) -> None:
    """Scrolling the page must not change a value under the pointer."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if isinstance(control, QAbstractSpinBox):
        control.lineEdit().setTextMargins(6, 0, 0, 0)
    control.installEventFilter(_WheelGuard(control))


class _WheelGuard(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False
