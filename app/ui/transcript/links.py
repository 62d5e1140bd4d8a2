"""What a link of a message may do: show where it leads, and open only when asked twice."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_LINK = 2_000  # characters


@dataclass(frozen=True, slots=True)
class SafeLink:
    """An address that may be offered to the person."""

    url: str  # ASCII: host in punycode, the rest percent-encoded
    scheme: str  # "http", "https" or "mailto"
    host: str  # as it will be looked up; for mailto the address
    is_disguised: bool  # host has other than ASCII letters, or the address names a user


def safe_link(target: str) -> SafeLink | None:
    """The link when its scheme is http, https or mailto and its address is well formed."""
    target = target.strip()
    if not target or len(target) > MAX_LINK or any(ord(c) < 33 or c == "\\" for c in target):
        return None
    try:
        parts = urlsplit(target)
        scheme = parts.scheme.lower()
        if scheme == "mailto":
            return _mail(target, parts.path)
        if scheme not in {"http", "https"} or not parts.hostname:
            return None
        host = parts.hostname.encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return None
    rest = parts._replace(scheme="", netloc="").geturl()
    url = f"{scheme}://{host}{port}{_quoted(rest)}"
    disguised = host != parts.hostname or "xn--" in host or "@" in parts.netloc
    return SafeLink(url, scheme, host + port, disguised)


def _mail(target: str, address: str) -> SafeLink | None:
    if address.count("@") != 1 or address.startswith("-"):
        return None
    return SafeLink(_quoted(target), "mailto", _quoted(address), not address.isascii())


def _quoted(text: str) -> str:
    """Percent-encode what is not ASCII; what is encoded already stays."""
    return "".join(
        c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace"))
        for c in text
    )
