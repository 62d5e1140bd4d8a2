"""Says what the person should know of a model that was loaded: why a card is not used."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.ui.chat_controller import ChatController
from app.ui.chat_events import ModelChanged
from app.ui.notifications import BannerArea, BannerContent, BannerKind
from app.ui.size_words import memory_text

_KEY = "model notice"


class ModelNotice(QObject):
    """Shows a banner for as long as that model is loaded, or until it is closed."""

    def __init__(self, controller: ChatController, banners: BannerArea) -> None:
        super().__init__(banners)
        self._banners = banners
        controller.model_changed.connect(self._on_model_changed)

    @Slot(object)
    def _on_model_changed(self, event: ModelChanged) -> None:
        notice = event.loaded.notice if event.loaded is not None else None
        if notice is None:
            self._banners.remove(_KEY)
        else:
            text = memory_text(notice)
            self._banners.show_banner(BannerContent(text, BannerKind.WARNING, key=_KEY))
