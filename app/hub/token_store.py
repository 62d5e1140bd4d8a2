"""The person's own access token, in the keyring of the system and nowhere else on the disk."""

from __future__ import annotations

import importlib
import logging
from typing import Protocol, cast

from app.core.errors import QT_TRANSLATE_NOOP, HubError

logger = logging.getLogger(__name__)

SERVICE = "Lumbre"


class Keyring(Protocol):
    """What the module `keyring` offers; it is an optional part of the installation."""

    def get_password(self, service: str, name: str, /) -> str | None:
        """The secret; None: there is none."""
        ...

    def set_password(self, service: str, name: str, secret: str, /) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, name: str, /) -> None:
        """Forget it."""
        ...


def system_keyring() -> Keyring | None:
    """The system's keyring; None: there is none that can be used."""
    try:
        return cast("Keyring", importlib.import_module("keyring"))
    except Exception as error:  # backends fail in their own ways
        logger.info("no keyring: %s", type(error).__name__)
        return None


class TokenStore:
    """One token for each hub, so that a mirror never sees the token of another."""

    def __init__(self, keyring: Keyring | None, hub_host: str) -> None:
        self._keyring = keyring
        self._name = f"access token for {hub_host}"
        self._token: str | None = None  # of this run only, where there is no keyring
        self._has_been_read = False

    @property
    def token(self) -> str | None:
        """The token; None: the person gave none."""
        if not self._has_been_read and self._keyring is not None:
            self._has_been_read = True
            try:
                self._token = self._keyring.get_password(SERVICE, self._name) or None
            except Exception as error:  # every backend has its own errors
                logger.info("the keyring gave no token: %s", type(error).__name__)
        return self._token

    def set(self, token: str | None) -> None:
        """Keep or forget the token.

        Raises:
            HubError: no keyring took it; it holds until the program ends.
        """
        cleaned = (token or "").strip() or None
        if cleaned is not None and not cleaned.isascii():
            raise HubError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "This is not an access token: it has signs that tokens never have. Nothing "
                    "was changed. Copy the token from your Hugging Face settings again.",
                )
            )
        had_token = self.token is not None
        self._token = cleaned
        self._has_been_read = True
        try:
            if self._keyring is None:
                raise RuntimeError("no keyring")
            if cleaned is not None:
                self._keyring.set_password(SERVICE, self._name, cleaned)
            elif had_token:
                self._keyring.delete_password(SERVICE, self._name)
        except Exception as error:
            if cleaned is None and self._keyring is None:
                return
            logger.info("the keyring failed: %s", type(error).__name__)
            raise HubError(
                QT_TRANSLATE_NOOP(
                    "errors",
                    "The keyring of this computer cannot be used, so the access token was not "
                    "saved or removed there. It holds until Lumbre closes. Unlock or install a "
                    "keyring to keep it.",
                )
            ) from error
