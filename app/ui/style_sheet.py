"""The style sheet over Fusion: only what a palette cannot say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from app.core.resources import resource_path


@dataclass(frozen=True, slots=True)
class Colors:
    """One theme. `#rrggbb`, `scrim` with alpha `#aarrggbb`."""

    name: str  # "light", "dark", "contrast": also the suffix of the control images
    window: str  # behind the conversation
    sidebar: str
    surface: str  # fields to write in
    raised: str  # menus, cards, toasts
    hover: str
    pressed: str
    selected: str
    line: str  # decorative
    border: str  # of controls: 3:1 against window and surface
    text: str
    muted: str  # 4.5:1 against window, sidebar and surface
    accent: str
    accent_hover: str
    on_accent: str
    accent_ring: str  # focus on the accent
    accent_soft: str
    link: str
    focus: str  # 3:1 against all backgrounds
    danger: str
    danger_soft: str
    warning: str
    warning_soft: str
    success: str
    selection: str  # behind selected text
    scroll: str  # handle of scroll bars
    scrim: str  # over what lies under an overlaid sidebar


def style_sheet(colors: Colors) -> str:
    """The application's style sheet in these colours."""
    template = resource_path("themes/window.qss").read_text("utf-8")
    return Template(template).substitute(asdict(colors))
