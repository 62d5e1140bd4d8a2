"""The page of the settings about loading models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QLabel, QSpinBox, QWidget

from app.core.machine import Device
from app.core.settings import Settings
from app.ui.sampling_form import ignore_wheel
from app.ui.settings_pages import CONTEXT_LENGTHS, Change, Choices, SettingsPage

_STATE_BUDGETS_MIB = (1024, 2048, 4096, 8192, 16384)


class EnginePage(SettingsPage):
    """How a model is loaded; everything is decided automatically unless it is set here."""

    def __init__(
        self,
        settings: Settings,
        apply: Callable[[Change], None],
        devices: tuple[Device, ...],
        parent: QWidget,
    ) -> None:
        """`devices`: graphics devices that were found; empty: none, or not yet looked for."""
        self._devices = devices
        super().__init__(settings, apply, parent)

    def _fill(self) -> None:
        engine = self._settings.engine
        note = QLabel(
            self.tr(
                "Lumbre decides these from the model and this computer. What you change here "
                "holds from the next load of a model on."
            ),
            self._body,
        )
        note.setProperty("kind", "muted")
        note.setWordWrap(True)
        self._column.addWidget(note)
        self._column.addSpacing(10)
        self._add_context(engine.n_ctx)
        self._add_devices(engine.device)
        self._fill_placement()

    def _add_context(self, n_ctx: int | None) -> None:
        lengths = [*CONTEXT_LENGTHS]
        if n_ctx is not None and n_ctx not in lengths:
            lengths = sorted([*lengths, n_ctx])
        contexts: Choices = (
            (self.tr("Automatic"), None),
            *((self.locale().toString(n), n) for n in lengths),
        )
        self._add(
            self.tr("&Context length in tokens"),
            self._choice(contexts, n_ctx, lambda v: _engine_change("n_ctx", v)),
            self.tr(
                "How much of a conversation the model sees at once. More needs more memory."
            ),
        )

    def _fill_placement(self) -> None:
        engine = self._settings.engine
        self._add_count(
            self.tr("&Layers on the graphics card"),
            "n_gpu_layers",
            (0, 999),
            self.tr("0 uses the processor only."),
        )
        self._add_count(
            self.tr("Layers whose &experts stay in main memory"),
            "n_cpu_moe",
            (0, 999),
            self.tr("Saves memory of the graphics card; answers become slower."),
        )
        self._add_count(self.tr("&Threads"), "n_threads", (1, 512), "")
        self._add_count(self.tr("Tokens read at once (&batch)"), "n_ubatch", (32, 4096), "")
        memory: Choices = (
            (self.tr("Automatic"), None),
            (self.tr("Mapped from the file"), True),
            (self.tr("Read completely"), False),
        )
        self._add(
            self.tr("Model in &memory"),
            self._choice(memory, engine.use_mmap, lambda v: _engine_change("use_mmap", v)),
        )
        self._add_state_budget()

    def _add_state_budget(self) -> None:
        chosen = self._settings.kv_state_budget_mib
        sizes = sorted({*_STATE_BUDGETS_MIB, chosen} - {0})
        budgets: Choices = (
            (self.tr("None: read again"), 0),
            *(
                (self.tr("%1 GB").replace("%1", self.locale().toString(n / 1024)), n)
                for n in sizes
            ),
        )
        self._add(
            self.tr("&Disk space for what models have read"),
            self._choice(budgets, chosen, _state_budget_change),
            self.tr(
                "Long conversations go on at once after a restart. Deleted with the "
                "conversation, encrypted when the history is."
            ),
        )

    def _add_devices(self, chosen: str | None) -> None:
        """Only where there is something to choose."""
        names = {d.name: d.description or d.name for d in self._devices}
        if chosen is not None:
            names.setdefault(chosen, chosen)
        if not names:
            return
        choices: Choices = (
            (self.tr("Automatic"), None),
            *((text, name) for name, text in names.items()),
        )
        self._add(
            self.tr("&Graphics device"),
            self._choice(choices, chosen, lambda v: _engine_change("device", v)),
            self.tr("Each device is tried out before it is used for the first time."),
        )

    def _add_count(self, label: str, name: str, limits: tuple[int, int], detail: str) -> None:
        """A whole number that may also be left to the program."""
        low, high = limits
        value = getattr(self._settings.engine, name)
        box = QSpinBox(self._body)
        box.setRange(low - 1, high)  # the lowest value stands for None
        box.setSpecialValueText(self.tr("Automatic"))
        box.setValue(low - 1 if value is None else value)
        box.valueChanged.connect(
            lambda new: self._apply(_engine_change(name, None if new < low else new))
        )
        ignore_wheel(box)
        self._add(label, box, detail)


def _engine_change(name: str, value: object) -> Change:
    changed: dict[str, Any] = {name: value}
    return lambda s: replace(s, engine=replace(s.engine, **changed))


def _state_budget_change(value: Any) -> Change:
    return lambda settings: replace(settings, kv_state_budget_mib=value)
