"""The access token: kept in the keyring, one for each hub, never lost in silence."""

from __future__ import annotations

import pytest

from app.core.errors import HubError
from app.hub.token_store import TokenStore


class MemoryKeyring:
    """A keyring that forgets when the test ends."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, name: str) -> str | None:
        self._open()
        return self.secrets.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._open()
        self.secrets[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        self._open()
        del self.secrets[service, name]

    def _open(self) -> None:
        if self.is_locked:
            raise RuntimeError("the keyring is locked")


def test_a_token_is_there_after_a_restart_and_only_for_its_hub() -> None:
    keyring = MemoryKeyring()
    TokenStore(keyring, "huggingface.co").set(" hf_secret\n")
    assert TokenStore(keyring, "huggingface.co").token == "hf_secret"
    assert TokenStore(keyring, "mirror.example").token is None


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_token_can_be_forgotten(nothing: str | None) -> None:
    keyring = MemoryKeyring()
    store = TokenStore(keyring, "huggingface.co")
    store.set("hf_secret")
    store.set(nothing)
    assert store.token is None
    assert keyring.secrets == {}
    store.set(nothing)  # twice does no harm


def test_without_a_keyring_it_holds_for_this_run_and_that_is_told() -> None:
    store = TokenStore(None, "huggingface.co")
    with pytest.raises(HubError, match="until Lumbre closes"):
        store.set("hf_secret")
    assert store.token == "hf_secret"
    store.set(None)
    assert store.token is None


def test_a_locked_keyring_is_told_and_does_not_stop_anything() -> None:
    keyring = MemoryKeyring()
    keyring.is_locked = True
    store = TokenStore(keyring, "huggingface.co")
    assert store.token is None
    with pytest.raises(HubError, match="keyring"):
        store.set("hf_secret")
    assert store.token == "hf_secret"


def test_what_cannot_be_a_token_is_refused() -> None:
    store = TokenStore(MemoryKeyring(), "huggingface.co")
    with pytest.raises(HubError, match="not an access token"):
        store.set("contraseña")
    assert store.token is None
