"""Colours of the conversation: calm and neutral, one warm accent."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

CONTRAST_TEXT = 4.5  # WCAG 2.2, 1.4.3: least ratio of text to its ground
CONTRAST_SHAPE = 3.0  # WCAG 2.2, 1.4.11: icons, borders of controls, focus


@dataclass(frozen=True)
class SyntaxColors:
    """Colours of highlighted code."""

    keyword: QColor
    function: QColor
    type: QColor
    string: QColor
    number: QColor
    comment: QColor
    operator: QColor
    inserted: QColor  # of a diff
    deleted: QColor


@dataclass(frozen=True)
class TranscriptPalette:
    """Everything the transcript paints with."""

    is_dark: bool
    ground: QColor
    text: QColor
    muted: QColor  # second rank: thinking, statistics, labels
    link: QColor
    accent: QColor  # what can be acted on now; the live mark
    on_accent: QColor  # text on the accent
    bubble: QColor  # ground of a person's message
    code_ground: QColor
    inline_code_ground: QColor
    table_header: QColor
    line: QColor  # separators that carry no meaning
    border: QColor  # borders of controls
    quote_bar: QColor
    hover: QColor  # ground of a control under the pointer
    selection: QColor
    found: QColor  # ground of every hit of the search
    found_current: QColor  # ground of the hit that is shown
    focus: QColor
    error: QColor
    syntax: SyntaxColors

    @classmethod
    def light(cls) -> TranscriptPalette:
        """Dark text on near-white."""
        return cls(
            is_dark=False,
            ground=QColor("#fdfcfb"),
            text=QColor("#1f1e1c"),
            muted=QColor("#5f5b56"),
            link=QColor("#0b57b7"),
            accent=QColor("#c2410c"),
            on_accent=QColor("#ffffff"),
            bubble=QColor("#f1ede8"),
            code_ground=QColor("#f6f4f1"),
            inline_code_ground=QColor("#efece7"),
            table_header=QColor("#f4f1ed"),
            line=QColor("#e2ddd6"),
            border=QColor("#8a847c"),
            quote_bar=QColor("#cfc8be"),
            hover=QColor("#ece7e0"),
            selection=QColor("#ffd8bf"),
            found=QColor("#fff0a8"),
            found_current=QColor("#ffb938"),
            focus=QColor("#c2410c"),
            error=QColor("#b01c1c"),
            syntax=SyntaxColors(
                keyword=QColor("#a3145c"),
                function=QColor("#6236a8"),
                type=QColor("#854100"),
                string=QColor("#0f6230"),
                number=QColor("#0b4f9e"),
                comment=QColor("#625d57"),
                operator=QColor("#8c2f1b"),
                inserted=QColor("#0f6230"),
                deleted=QColor("#b01c1c"),
            ),
        )

    @classmethod
    def dark(cls) -> TranscriptPalette:
        """Light text on warm near-black."""
        return cls(
            is_dark=True,
            ground=QColor("#1a1918"),
            text=QColor("#e9e6e2"),
            muted=QColor("#a8a29b"),
            link=QColor("#8ab8ff"),
            accent=QColor("#ff9d5c"),
            on_accent=QColor("#2a1405"),
            bubble=QColor("#2b2826"),
            code_ground=QColor("#232120"),
            inline_code_ground=QColor("#2f2c2a"),
            table_header=QColor("#262422"),
            line=QColor("#3a3633"),
            border=QColor("#7d7670"),
            quote_bar=QColor("#5a544e"),
            hover=QColor("#34302d"),
            selection=QColor("#6b3a1c"),
            found=QColor("#574a12"),
            found_current=QColor("#8a5a00"),
            focus=QColor("#ff9d5c"),
            error=QColor("#ff8f87"),
            syntax=SyntaxColors(
                keyword=QColor("#ff8fb8"),
                function=QColor("#cdb0ff"),
                type=QColor("#ffbe7d"),
                string=QColor("#a9d99b"),
                number=QColor("#8cc4ff"),
                comment=QColor("#a39c94"),
                operator=QColor("#ffa28f"),
                inserted=QColor("#a9d99b"),
                deleted=QColor("#ff8f87"),
            ),
        )

    @classmethod
    def high_contrast(cls) -> TranscriptPalette:
        """White and saturated signs on black: at least 7:1 for every text."""
        black, white = QColor("#000000"), QColor("#ffffff")
        yellow, cyan = QColor("#ffe000"), QColor("#5ce1ff")
        return cls(
            is_dark=True,
            ground=black,
            text=white,
            muted=QColor("#d8d8d8"),
            link=cyan,
            accent=QColor("#ffb070"),
            on_accent=black,
            bubble=QColor("#141414"),
            code_ground=QColor("#0c0c0c"),
            inline_code_ground=QColor("#242424"),
            table_header=QColor("#1c1c1c"),
            line=QColor("#9a9a9a"),
            border=white,
            quote_bar=white,
            hover=QColor("#303030"),
            selection=QColor("#004c99"),
            found=QColor("#4d4400"),
            found_current=QColor("#7a4a00"),
            focus=yellow,
            error=QColor("#ff9c94"),
            syntax=SyntaxColors(
                keyword=QColor("#ff9cc4"),
                function=QColor("#d8c2ff"),
                type=QColor("#ffc88a"),
                string=QColor("#b4f0a0"),
                number=QColor("#9fd0ff"),
                comment=QColor("#cfcfcf"),
                operator=QColor("#ffb8a8"),
                inserted=QColor("#b4f0a0"),
                deleted=QColor("#ff9c94"),
            ),
        )


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two opaque colours, 1..21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return (
        0.2126 * linear(color.redF())
        + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF())
    )
