"""Choosing, saving, renaming and deleting presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QMenu, QWidget

from app.core.conversation import Preset
from app.core.organisation import MAX_NAME, PresetId
from app.ui.asking import Asking, HowAsked, PresetsChanged
from app.ui.buttons import IconButton, TextButton
from app.ui.icons import icon
from app.ui.sampling_form import ignore_wheel
from app.ui.shipped_presets import shipped_presets
from app.ui.theme import current_colors
from app.workers.typed_signal import signal_of


@dataclass(frozen=True, slots=True)
class PresetChosen:
    """What a person wants to ask with."""

    preset: Preset


class PresetBar(QWidget):
    """A box with all presets, own ones first, and what can be done with the chosen one.

    Saving, renaming, deleting and making one the default happen at once; choosing one only
    fills the dialog's fields. A deletion can be undone until something else is done here.
    """

    preset_chosen = signal_of(PresetChosen)

    def __init__(
        self, asking: Asking, how: Callable[[], HowAsked], parent: QWidget | None = None
    ) -> None:
        """`how` gives what stands in the dialog's fields: what "Save" saves."""
        super().__init__(parent)
        self._asking = asking
        self._how = how
        self._presets: tuple[Preset, ...] = ()
        self._deleted: Preset | None = None
        self.box = QComboBox(self)
        self.box.setAccessibleName(self.tr("Preset"))
        ignore_wheel(self.box)
        self.save_button = TextButton("", self)
        self.save_button.setText(self.tr("Save as…"))
        self.more_button = IconButton("ellipsis", self)
        self.more_button.name_it(self.tr("More about this preset"))
        self.undo_button = TextButton("quiet", self, icon_name="undo-2")
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box, 1)
        layout.addWidget(self.undo_button)
        layout.addWidget(self.save_button)
        layout.addWidget(self.more_button)
        self.box.activated.connect(self._on_activated)
        self.save_button.clicked.connect(self._on_save_clicked)
        self.more_button.clicked.connect(self._on_more_clicked)
        self.undo_button.clicked.connect(self._on_undo_clicked)
        asking.presets_changed.connect(self._on_presets_changed)
        self._fill(None)

    @property
    def chosen(self) -> Preset | None:
        """The preset in the box; None: none was chosen."""
        row = self.box.currentIndex() - 1
        return self._presets[row] if 0 <= row < len(self._presets) else None

    def choose(self, preset_id: PresetId) -> None:
        """Show this preset in the box; its values are not taken over by that."""
        row = next((at for at, p in enumerate(self._presets) if p.id == preset_id), -1)
        self.box.setCurrentIndex(row + 1)

    def _fill(self, chosen: PresetId | None) -> None:
        own = self._asking.presets
        names = {p.name.casefold() for p in own}
        shipped = tuple(p for p in shipped_presets() if p.name.casefold() not in names)
        self._presets = (*own, *shipped)
        self.box.clear()
        self.box.addItem(self.tr("Choose a preset…"))
        for preset in self._presets:
            if preset.is_default:
                text = self.tr("{name} (new conversations)").replace("{name}", preset.name)
                self.box.addItem(icon("star", current_colors().text), text)
            else:
                self.box.addItem(preset.name)
        if chosen is not None:
            self.choose(chosen)
        self.more_button.setEnabled(self.chosen is not None)

    @Slot(object)
    def _on_presets_changed(self, _: PresetsChanged) -> None:
        chosen = self.chosen
        self._fill(chosen.id if chosen is not None else None)

    @Slot(int)
    def _on_activated(self, _: int) -> None:
        chosen = self.chosen
        self._offer_undo(None)
        self.more_button.setEnabled(chosen is not None)
        if chosen is not None:
            self.preset_chosen.emit(PresetChosen(chosen))

    # -- what can be done ------------------------------------------------------------------
    @Slot()
    def _on_save_clicked(self) -> None:
        chosen = self.chosen
        name = chosen.name if chosen is not None else ""
        self._ask_name(self.tr("Save as a preset"), name, self._save)

    def _save(self, name: str) -> None:
        preset_id = self._asking.save(name, self._how())
        if preset_id is not None:
            self._offer_undo(None)
            self._fill(preset_id)

    @Slot()
    def _on_more_clicked(self) -> None:
        menu = self.menu()
        if menu is not None:
            menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def menu(self) -> QMenu | None:
        """What can be done with the chosen preset; the program's own stay as they are."""
        chosen = self.chosen
        if chosen is None:
            return None
        menu = QMenu(self)
        is_own = any(p.id == chosen.id for p in self._asking.presets)
        default = menu.addAction(self.tr("New conversations begin with it"))
        default.setCheckable(True)
        default.setChecked(chosen.is_default)
        default.toggled.connect(self._on_default_toggled)
        menu.addSeparator()
        color = current_colors().text
        rename = menu.addAction(icon("pencil", color), self.tr("Rename…"))
        rename.triggered.connect(self._on_rename)
        delete = menu.addAction(icon("trash-2", color), self.tr("Delete"))
        delete.triggered.connect(self._on_delete)
        for action in (rename, delete):
            action.setEnabled(is_own)
        return menu

    @Slot(bool)
    def _on_default_toggled(self, is_on: bool) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        preset_id: PresetId | None = chosen.id
        if is_on and all(p.id != preset_id for p in self._asking.presets):
            preset_id = self._asking.save(chosen.name, self._how().with_preset(chosen))
        self._asking.set_default(preset_id if is_on else None)
        if preset_id is not None:
            self._fill(preset_id)

    @Slot()
    def _on_rename(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            preset_id = chosen.id
            self._ask_name(
                self.tr("Rename the preset"),
                chosen.name,
                lambda name: self._rename(preset_id, name),
            )

    def _rename(self, preset_id: PresetId, name: str) -> None:
        if not self._asking.rename(preset_id, name):
            self._ask_name(
                self.tr("There is a preset of this name. Choose another one."),
                name,
                lambda other: self._rename(preset_id, other),
            )

    @Slot()
    def _on_delete(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.box.setCurrentIndex(0)
            self._asking.delete(chosen.id)
            self._offer_undo(chosen)

    def _offer_undo(self, deleted: Preset | None) -> None:
        self._deleted = deleted
        self.undo_button.setVisible(deleted is not None)
        if deleted is not None:
            text = self.tr('Bring the preset "{name}" back').replace("{name}", deleted.name)
            self.undo_button.setToolTip(text)
            self.undo_button.setAccessibleName(text)

    @Slot()
    def _on_undo_clicked(self) -> None:
        deleted = self._deleted
        if deleted is not None:
            self._asking.put_back(deleted)
            self._fill(deleted.id)
            self.box.setFocus()
        self._offer_undo(None)

    def _ask_name(self, title: str, name: str, done: Callable[[str], None]) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Name of the preset"))
        dialog.setLabelText(title)
        dialog.setTextValue(name[:MAX_NAME])
        dialog.textValueSelected.connect(done)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
