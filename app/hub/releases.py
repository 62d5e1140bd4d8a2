"""The newest published version, from GitHub's list of releases; satisfies `ReleaseCheck`."""

from __future__ import annotations

import http.client
import json
import logging
import ssl
from collections.abc import Callable
from contextlib import closing
from typing import Any

from app.core.cancellation import CancelToken
from app.core.connection import ConnectionPurpose
from app.core.errors import QT_TRANSLATE_NOOP, Cancelled, HubError
from app.core.release import Release
from app.hub.dialing import Dialer, Proxy, Target, system_proxy
from app.hub.faults import Retry, Stopped, certificate, offline_locked
from app.hub.http_client import AddressPolicy, HttpSession, Reply
from app.hub.offline_lock import OfflineLock, connecting_for

logger = logging.getLogger(__name__)

ENDPOINT = "https://api.github.com"
PAGES = "https://github.com"
_TIMEOUT_S = 15.0
_REPLY_MAX = 1 << 20  # bytes; GitHub limits the notes of a release to an eighth of that
_NOTES_MAX = 50_000  # characters


class GitHubReleases:
    """One request, made by this program's own client: listed, and refused by the lock."""

    def __init__(
        self,
        gate: OfflineLock,
        repository: str,
        version: str,
        *,
        endpoint: str = ENDPOINT,
        tls: ssl.SSLContext | None = None,
        find_proxy: Callable[[Target], Proxy | None] = system_proxy,
    ) -> None:
        """Nothing is sent yet.

        Args:
            gate: the offline lock of this process.
            repository: owner/name.
            version: of this program, for the User-Agent.
            endpoint: of GitHub's interface, without final /.
            tls: None: the system's certificates.
            find_proxy: the proxy for a server; None: none.
        """
        self._gate = gate
        self._repository = repository
        self._endpoint = endpoint
        self._user_agent = f"Lumbre/{version}"
        self._dialer = Dialer(_TIMEOUT_S, tls)
        self._find_proxy = find_proxy

    @property
    def address(self) -> str:
        """What is asked; see `ReleaseCheck`."""
        return f"{self._endpoint}/repos/{self._repository}/releases/latest"

    @property
    def is_locked(self) -> bool:
        """True while the offline lock is on."""
        return self._gate.is_locked

    def newest(self, cancel: CancelToken) -> Release | None:
        """The newest release; see `ReleaseCheck`."""
        if self._gate.is_locked:
            raise offline_locked()
        host = Target.of(self._endpoint).host
        with (
            connecting_for(ConnectionPurpose.UPDATE_CHECK),
            closing(self._session(cancel)) as s,
        ):
            try:
                reply = s.get(self.address, {"Accept": "application/vnd.github+json"})
                return None if reply.status == 404 else self._release(_body(reply), host)
            except Stopped as error:
                raise Cancelled from error
            except Retry as error:
                if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                    raise certificate(host, error.__cause__.verify_message) from error
                raise not_known(host) from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                if cancel.is_cancelled:
                    raise Cancelled from error
                logger.warning("the answer about releases cannot be read: %s", error)
                raise not_known(host) from error

    def _session(self, cancel: CancelToken) -> HttpSession:
        return HttpSession(
            self._dialer,
            AddressPolicy(self._endpoint),
            user_agent=self._user_agent,
            stall_timeout_s=_TIMEOUT_S,
            stop=cancel,
            find_proxy=self._find_proxy,
        )

    def _release(self, body: bytes, host: str) -> Release:
        raw: Any = json.loads(body)
        if not isinstance(raw, dict) or not isinstance(raw.get("tag_name"), str):
            raise not_known(host)
        own_page = f"{PAGES}/{self._repository}/releases"
        page = raw.get("html_url")
        # The page is opened on the person's word: it must be where releases are.
        is_ours = isinstance(page, str) and page.startswith(f"{own_page}/")
        return Release(
            version=raw["tag_name"][:40].removeprefix("v"),
            notes=str(raw.get("body") or "")[:_NOTES_MAX],
            page_url=str(page) if is_ours else own_page,
            published=str(raw.get("published_at") or "")[:10],
        )


def _body(reply: Reply) -> bytes:
    """The answer's body.

    Raises:
        ValueError: it is no success, or too long.
    """
    if reply.status != 200:
        raise ValueError(f"status {reply.status}")
    body = reply.body.read(_REPLY_MAX + 1)
    if len(body) > _REPLY_MAX:
        raise ValueError("too long")
    return body


def not_known(host: str) -> HubError:
    """No answer, or none that can be read."""
    return HubError(
        QT_TRANSLATE_NOOP(
            "errors",
            "{host} gave no answer that could be read, so it is not known whether there is a "
            "newer version. Nothing was changed. Check the network connection, or look at the "
            "project's page in a browser.",
        ),
        host=host,
    )
