"""The list of reasoning levels in the composer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QComboBox, QStyleOptionComboBox, QWidget

from app.core.message import ReasoningEffort
from app.ui.answer_times import AnswerTimes, about_seconds
from app.ui.level_cost import LevelCost
from app.ui.reasoning_text import effort_name, effort_trade_off
from app.workers.typed_signal import signal_of

_ARROW_ROOM = 40  # logical pixels beside the name: padding and arrow


@dataclass(frozen=True, slots=True)
class ReasoningChosen:
    """The level of the next message."""

    effort: ReasoningEffort


class ReasoningBox(QComboBox):
    """The open list shows what each level will take; the closed box shows the name alone."""

    effort_chosen = signal_of(ReasoningChosen)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._times: AnswerTimes | None = None
        self._cost: LevelCost | None = None
        self.setObjectName("reasoning")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for effort in ReasoningEffort:
            self.addItem(effort_name(effort), effort)
        self.setCurrentIndex(list(ReasoningEffort).index(ReasoningEffort.MEDIUM))
        self.activated.connect(self._on_activated)
        self._retranslate()

    @property
    def effort(self) -> ReasoningEffort:
        """The level of the next message."""
        return ReasoningEffort(self.currentData())

    def set_effort(self, effort: ReasoningEffort) -> None:
        """Show another level. Tells nobody."""
        self.setCurrentIndex(list(ReasoningEffort).index(effort))
        self._explain()

    def set_times(self, times: AnswerTimes) -> None:
        """Show what each level will take, as far as it is known."""
        self._times = times
        self._retranslate()

    def set_cost(self, cost: LevelCost | None) -> None:
        """Say what another level costs in this conversation; None: nothing worth a word."""
        if cost != self._cost:
            self._cost = cost
            self._retranslate()

    @property
    def cost_text(self) -> str:
        """What the chosen level costs before the answer begins; empty: nothing."""
        return self._cost.text(self.effort) if self._cost is not None else ""

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """The closed box shows the name without the time."""
        super().initStyleOption(option)
        if self.currentIndex() >= 0:
            option.currentText = effort_name(self.effort)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest name."""
        metrics = self.fontMetrics()
        names = [effort_name(effort) for effort in ReasoningEffort]
        width = max(metrics.horizontalAdvance(name) for name in names) + _ARROW_ROOM
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The name is never cut."""
        return self.sizeHint()

    def showPopup(self) -> None:
        """The open list is as wide as its longest row."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 2 * _ARROW_ROOM)
        super().showPopup()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self._explain()
        self.effort_chosen.emit(ReasoningChosen(self.effort))

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Reasoning level"))
        for at, effort in enumerate(ReasoningEffort):
            seconds = self._times.seconds(effort) if self._times is not None else None
            name = effort_name(effort)
            text = name if seconds is None else f"{name} · {about_seconds(seconds)}"
            self.setItemText(at, text)
            cost = self._cost.text(effort) if self._cost is not None else ""
            hint = f"{effort_trade_off(effort)} {cost}".strip()
            self.setItemData(at, hint, Qt.ItemDataRole.ToolTipRole)
        self.updateGeometry()
        self._explain()

    def _explain(self) -> None:
        seconds = self._times.seconds(self.effort) if self._times is not None else None
        text = effort_trade_off(self.effort)
        if seconds is not None:
            time = self.tr("An answer will take {time}.")
            text = f"{text} {time.replace('{time}', about_seconds(seconds))}"
        if self.cost_text:
            text = f"{text} {self.cost_text}"
        self.setToolTip(text)
        self.setAccessibleDescription(text)
