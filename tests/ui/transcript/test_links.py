"""What may be opened, and how its address is shown."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.ui.transcript.link_dialog import LinkDialog
from app.ui.transcript.links import safe_link


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "file:///etc/passwd",
        "/etc/passwd",
        "//host/share/x.png",
        "smb://host/share",
        "ms-msdt:/id",
        "search-ms:query",
        "data:text/html,x",
        "vbscript:x",
        "--help",
        "-x",
        "https://",
        "https:/\\evil.com",
        "http://exa mple.com",
        "https://[::1",
        "https://x.com:99999999/",
        "mailto:",
        "mailto:-flag@example.com",
        "https://example.com/\u0000",
        "",
        "https://example.com/" + "a" * 3000,
    ],
)
def test_nothing_but_well_formed_web_and_mail_addresses(target: str) -> None:
    assert safe_link(target) is None


@pytest.mark.parametrize(
    ("target", "url", "host", "is_disguised"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d", "example.com", False),
        ("HTTP://Example.COM:8080/x", "http://example.com:8080/x", "example.com:8080", False),
        ("https://раураl.com/", "https://xn--l-7sba6dbr.com/", "xn--l-7sba6dbr.com", True),
        ("https://paypal.com@evil.com/", "https://evil.com/", "evil.com", True),
        ("https://example.com/ñ", "https://example.com/%C3%B1", "example.com", False),
        ("mailto:a@example.com", "mailto:a@example.com", "a@example.com", False),
    ],
)
def test_the_real_host_is_named(target: str, url: str, host: str, is_disguised: bool) -> None:
    link = safe_link(target)
    assert link is not None
    assert (link.url, link.host, link.is_disguised) == (url, host, is_disguised)


def test_the_dialog_names_host_and_address_and_warns_of_disguise(qtbot: QtBot) -> None:
    link = safe_link("https://аpple.com/login")
    assert link is not None
    dialog = LinkDialog(link, lambda _url: None, None)
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "xn--pple-43d.com" in texts
    assert any("mistaken" in text for text in texts)
    address = dialog.findChild(QPlainTextEdit)
    assert address is not None
    assert address.toPlainText() == "https://xn--pple-43d.com/login"
