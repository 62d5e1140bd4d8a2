"""Offers once to measure this computer, after the first real model was loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from app.ui.chat_controller import ChatController
from app.ui.chat_events import ModelChanged
from app.ui.notifications import BannerArea, BannerContent, BannerKind

_KEY = "tune offer"


class TuneOffer(QObject):
    """A banner that is shown in one run of the program and never again."""

    def __init__(
        self, controller: ChatController, banners: BannerArea, show_dialog: Callable[[], None]
    ) -> None:
        super().__init__(banners)
        self._controller = controller
        self._banners = banners
        self._show_dialog = show_dialog
        controller.model_changed.connect(self._on_model_changed)

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        settings = self._controller.settings
        if event.loaded is None or event.loaded.card.is_practice or settings.has_seen_tuning:
            return
        self._controller.change_settings(replace(settings, has_seen_tuning=True))
        text = self.tr(
            "Lumbre can find out how this model runs fastest here. It takes less than two "
            "minutes and can be done later, too: Settings, Speed."
        )
        self._banners.show_banner(
            BannerContent(text, BannerKind.INFO, self.tr("Measure"), self._accept, key=_KEY)
        )

    def _accept(self) -> None:
        self._banners.remove(_KEY)
        self._show_dialog()
