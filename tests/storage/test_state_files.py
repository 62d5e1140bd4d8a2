"""States beside the history: whole, and as secret as the history."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.core.errors import StorageError
from app.core.state_files import StateFiles
from app.storage.state_files import FolderStates
from app.storage.vault import FolderVault

if TYPE_CHECKING:
    from tests.storage.conftest import Chat

PASSPHRASE = "correcto caballo batería"
DATA = b"unmistakable state " + os.urandom(9 << 20)


@pytest.fixture
def states(data_dir: Path) -> StateFiles:
    return FolderStates(data_dir)


@pytest.fixture
def vault(chat: Chat, data_dir: Path) -> Iterator[FolderVault]:
    chat.say("something")
    chat.store.close()
    vault = FolderVault(data_dir)
    yield vault
    vault.lock()


def test_a_state_comes_back_as_it_was_written(states: StateFiles) -> None:
    states.write("one.state", (DATA[:7], memoryview(DATA)[7:]))
    assert b"".join(states.read("one.state")) == DATA
    states.write("one.state", (b"shorter",))
    states.write("two.state", ())
    assert b"".join(states.read("one.state")) == b"shorter"
    assert b"".join(states.read("two.state")) == b""
    assert {state.name for state in states.list_states()} == {"one.state", "two.state"}
    states.delete("one.state")
    states.delete("one.state")
    assert [state.name for state in states.list_states()] == ["two.state"]


def test_states_of_an_encrypted_history_cannot_be_read_without_its_key(
    states: StateFiles, vault: FolderVault, data_dir: Path
) -> None:
    vault.turn_on(PASSPHRASE)
    states.write("one.state", (DATA,))
    assert b"".join(states.read("one.state")) == DATA
    assert b"unmistakable" not in (data_dir / "states" / "one.state").read_bytes()
    vault.lock()
    with pytest.raises(StorageError, match="encrypted"):
        states.write("two.state", (b"x",))
    with pytest.raises(StorageError, match="encrypted"):
        list(states.read("one.state"))
    assert [state.name for state in states.list_states()] == ["one.state"]


def test_states_go_when_the_encryption_changes(states: StateFiles, vault: FolderVault) -> None:
    states.write("one.state", (DATA,))
    vault.turn_on(PASSPHRASE)
    assert states.list_states() == ()
    states.write("one.state", (DATA,))
    vault.turn_off(PASSPHRASE)
    assert states.list_states() == ()


@pytest.mark.parametrize("is_secret", [False, True])
def test_a_missing_or_damaged_state_is_told(
    states: StateFiles, vault: FolderVault, data_dir: Path, is_secret: bool
) -> None:
    if is_secret:
        vault.turn_on(PASSPHRASE)
        states.write("one.state", (DATA,))
        path = data_dir / "states" / "one.state"
        damaged = bytearray(path.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(StorageError, match="damaged"):
            list(states.read("one.state"))
    with pytest.raises(StorageError, match="missing"):
        list(states.read("none.state"))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "x.part", "ñ", ".hidden"])
def test_a_state_lies_in_its_folder_only(states: StateFiles, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        states.write(name, (b"x",))
