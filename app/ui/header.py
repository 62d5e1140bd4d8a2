"""Above the conversation: its title, the model that answers, and that all stays here."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.core.generation import LoadedModel
from app.ui.buttons import IconButton, TextButton
from app.ui.chat_events import Phase, PhaseChanged
from app.ui.shortcuts import CommandId, command_of

_NARROW = 620  # logical pixels: below, the privacy mark is its icon alone
_MODEL_WIDTH = 240  # logical pixels at most
_HEIGHT = 48


class ElidedLabel(QLabel):
    """One line that is cut with an ellipsis; the whole text is its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """It may become very short."""
        return QSize(40, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Show `text` in one line."""
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading),
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )


class Header(QFrame):
    """Title, model, privacy mark; and the sidebar's buttons while it is hidden."""

    sidebar_requested = Signal()
    new_chat_requested = Signal()
    models_requested = Signal()
    instructions_requested = Signal()
    privacy_requested = Signal()
    keep_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(_HEIGHT)
        self._loaded: LoadedModel | None = None
        self._name = ""  # of the model that answered last
        self._phase = PhaseChanged(Phase.NO_MODEL)
        self._title_text = ""
        self._has_instructions = False
        self._is_temporary = False
        self._sidebar_button = IconButton("panel-left", self)
        self._new_button = IconButton("square-pen", self)
        self._title = ElidedLabel(self)
        self._title.setObjectName("title")
        self.instructions_button = IconButton("sliders-horizontal", self)
        self._temporary_badge = QLabel(self)
        self._temporary_badge.setObjectName("badge")
        self.keep_button = TextButton("quiet", self)
        self._badge = QLabel(self)
        self._badge.setObjectName("badge")
        self.model_button = IconButton("cpu", self)
        self.model_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.model_button.setMaximumWidth(_MODEL_WIDTH)
        self.privacy_button = IconButton("shield-check", self, color_role="success")
        self.privacy_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(4)
        layout.addWidget(self._sidebar_button)
        layout.addWidget(self._new_button)
        layout.addSpacing(6)
        layout.addWidget(self._title, 1)
        layout.addWidget(self._temporary_badge, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.keep_button)
        layout.addWidget(self.instructions_button)
        layout.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.model_button)
        layout.addWidget(self.privacy_button)
        self._connect()
        self._retranslate()

    def _connect(self) -> None:
        self._sidebar_button.clicked.connect(self.sidebar_requested)
        self._new_button.clicked.connect(self.new_chat_requested)
        self.keep_button.clicked.connect(self.keep_requested)
        self.instructions_button.clicked.connect(self.instructions_requested)
        self.model_button.clicked.connect(self.models_requested)
        self.privacy_button.clicked.connect(self.privacy_requested)

    def set_title(self, title: str) -> None:
        """Name of the conversation; empty: a new one."""
        self._title_text = title
        self._title.setText(title or self.tr("New chat"))

    def set_has_instructions(self, has_instructions: bool) -> None:
        """Whether the open conversation has instructions of its own."""
        self._has_instructions = has_instructions
        self.instructions_button.set_color_role("accent" if has_instructions else "text")
        hint = self.tr("there are some") if has_instructions else ""
        self.instructions_button.name_it(self.tr("Instructions and sampling"), hint)

    def set_temporary(self, is_temporary: bool) -> None:
        """Whether nothing of the open conversation is saved; it is said all the time."""
        self._is_temporary = is_temporary
        self._temporary_badge.setVisible(is_temporary)
        self.keep_button.setVisible(is_temporary and bool(self._title_text))

    @property
    def says_temporary(self) -> bool:
        """True while it says that the conversation is not saved."""
        return not self._temporary_badge.isHidden()

    def set_model(self, loaded: LoadedModel | None) -> None:
        """Which model answers."""
        self._loaded = loaded
        if loaded is not None:
            self._name = loaded.card.name
        self._show_model()

    def set_phase(self, phase: PhaseChanged) -> None:
        """Progress while a model loads."""
        shown = {self._phase.phase, phase.phase} & {Phase.LOADING, Phase.ASLEEP}
        self._phase = phase
        if shown:
            self._show_model()

    def set_sidebar_shown(self, is_shown: bool) -> None:
        """Its buttons stand here while the sidebar is hidden."""
        self._sidebar_button.setVisible(not is_shown)
        self._new_button.setVisible(not is_shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the title readable in a narrow window."""
        super().resizeEvent(event)
        self._name_temporary()
        self._show_privacy()
        self._show_model()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._sidebar_button.name_it(
            self.tr("Show the sidebar"), command_of(CommandId.TOGGLE_SIDEBAR).key_text
        )
        self._new_button.name_it(self.tr("New chat"), command_of(CommandId.NEW_CHAT).key_text)
        self._badge.setText(self.tr("Practice model"))
        self._badge.setToolTip(
            self.tr(
                "A very small model that answers questions about Lumbre. "
                "For real answers, get gpt-oss-20b under Models."
            )
        )
        self._name_temporary()
        self._temporary_badge.setToolTip(
            self.tr(
                "Lumbre writes nothing of this chat to the disk: no text, no draft, no search, "
                "no backup. It is gone when Lumbre closes."
            )
        )
        self.keep_button.setText(self.tr("Keep"))
        self.keep_button.setAccessibleName(self.tr("Keep this conversation"))
        self.keep_button.setToolTip(self.tr("Save it, as any other conversation."))
        self.set_title(self._title_text)
        self.set_temporary(self._is_temporary)
        self.set_has_instructions(self._has_instructions)
        self._show_model()
        self._show_privacy()

    def _name_temporary(self) -> None:
        is_wide = self.width() >= _NARROW
        text = self.tr("Temporary, not saved") if is_wide else self.tr("Temporary")
        self._temporary_badge.setText(text)

    def _show_model(self) -> None:
        loaded = self._loaded
        is_practice = loaded is not None and loaded.card.is_practice
        self._badge.setVisible(is_practice)
        if self._phase.phase is Phase.LOADING:
            percent = round(100 * (self._phase.progress or 0.0))
            text = self.tr("Loading, {percent} %").replace("{percent}", str(percent))
        elif loaded is None and self._phase.phase is Phase.ASLEEP:
            text = self.tr("{name} · asleep").replace("{name}", self._name)
        elif loaded is None:
            text = self.tr("Choose a model")
        elif is_practice:
            text = self.tr("Models") if self.width() >= _NARROW else ""
        else:
            text = f"{loaded.card.name} · {loaded.card.quantization}"
        metrics = self.model_button.fontMetrics()
        self.model_button.set_label(
            metrics.elidedText(text, Qt.TextElideMode.ElideRight, _MODEL_WIDTH - 48)
        )
        name = text
        if loaded is not None:
            shown = self._badge.text() if is_practice else loaded.card.name
            name = self.tr("Model: {name}").replace("{name}", shown)
        self.model_button.name_it(name, command_of(CommandId.MODELS).key_text)

    def _show_privacy(self) -> None:
        is_wide = self.width() >= _NARROW
        self.privacy_button.set_label(self.tr("Runs on this computer") if is_wide else "")
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if is_wide
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        self.privacy_button.setToolButtonStyle(style)
        self.privacy_button.setAccessibleName(self.tr("Runs on this computer"))
        self.privacy_button.setToolTip(
            self.tr(
                "What you write and what is answered stays on this computer. "
                "Lumbre connects to the internet only when you download a model."
            )
        )
