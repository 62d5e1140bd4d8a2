"""`lumbre --export` and `lumbre --import` over real folders."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import command_line
from app.application import main
from app.core.conversation import Conversation
from app.core.message import Message, Role, new_message_id
from app.history_commands import FORMATS
from app.storage.conversation_store import open_store
from app.storage.instance_lock import acquire
from app.storage.vault import FolderVault

CHATGPT = [
    {
        "title": "From ChatGPT",
        "create_time": 1.7e9,
        "update_time": 1.7e9,
        "current_node": "b",
        "mapping": {
            "a": {"id": "a", "message": None, "parent": None, "children": ["b"]},
            "b": {
                "id": "b",
                "parent": "a",
                "children": [],
                "message": {
                    "id": "b",
                    "author": {"role": "user"},
                    "create_time": 1.7e9,
                    "content": {"content_type": "text", "parts": ["Hello there"]},
                },
            },
        },
    },
    {"title": "Broken", "mapping": 5},
]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder with one conversation of two messages."""
    folder = tmp_path / "data"
    store = open_store(folder)
    conversation = Conversation.start("Stone walls")
    store.save_summary(conversation.summary)
    question = Message(new_message_id(), conversation.id, Role.USER, "How are they built?")
    store.add_message(question)
    store.add_message(
        Message(
            new_message_id(), conversation.id, Role.ASSISTANT, "Slowly.", question.id, "Hmm."
        )
    )
    store.close()
    return folder


def titles(folder: Path) -> list[str]:
    store = open_store(folder)
    try:
        return [summary.title for summary in store.list_conversations()]
    finally:
        store.close()


@pytest.mark.parametrize(
    ("suffix", "beginning"),
    [(".md", b"# Stone walls"), (".html", b"<!DOCTYPE html>"), (".json", b"{")],
)
def test_the_name_of_the_file_chooses_the_format(
    data_dir: Path, tmp_path: Path, suffix: str, beginning: bytes
) -> None:
    target = tmp_path / f"out{suffix}"
    assert main(["--export", str(target), "--data-dir", str(data_dir)]) == 0
    assert target.read_bytes().startswith(beginning)


def test_a_pdf_is_printed(data_dir: Path, tmp_path: Path, qapp) -> None:
    target = tmp_path / "out.pdf"
    assert main(["--export", str(target), "--data-dir", str(data_dir)]) == 0
    assert target.read_bytes().startswith(b"%PDF-")
    assert list(tmp_path.glob("*.part")) == []


def test_what_was_written_is_counted(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    target = tmp_path / "out.json"
    main(["--export", str(target), "--data-dir", str(data_dir)])
    assert capsys.readouterr().out == f"Written to {target}\nConversations: 1, messages: 2\n"


def test_an_export_is_imported_into_a_new_folder_once(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file, other = tmp_path / "out.json", tmp_path / "other"
    main(["--export", str(file), "--data-dir", str(data_dir)])
    capsys.readouterr()
    assert main(["--import", str(file), "--data-dir", str(other)]) == 0
    assert capsys.readouterr().out == "New conversations: 1, new messages: 2\n"
    assert main(["--import", str(file), "--data-dir", str(other)]) == 0
    assert "Already here: 1\n" in capsys.readouterr().out
    assert titles(other) == ["Stone walls"]


def test_what_is_left_out_is_named_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file, folder = tmp_path / "conversations.json", tmp_path / "data"
    file.write_text(json.dumps(CHATGPT), encoding="utf-8")
    assert main(["--import", str(file), "--data-dir", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "New conversations: 1, new messages: 1\n" in said
    assert "Left out: 1\n  Broken: " in said
    assert titles(folder) == ["From ChatGPT"]


def test_a_file_without_conversations_is_refused_with_exit_code_1(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"a": 1}', encoding="utf-8")
    assert main(["--import", str(file), "--data-dir", str(data_dir)]) == 1
    assert "Nothing was imported." in capsys.readouterr().err
    assert titles(data_dir) == ["Stone walls"]


def test_while_the_window_is_open_nothing_is_imported_beside_it(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps(CHATGPT), encoding="utf-8")
    lock = acquire(data_dir)
    assert lock is not None
    try:
        assert main(["--import", str(file), "--data-dir", str(data_dir)]) == 1
    finally:
        lock.release()
    assert "Import in its window" in capsys.readouterr().err
    assert titles(data_dir) == ["Stone walls"]


def test_a_folder_without_conversations_is_not_made_by_an_export(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    target, nowhere = tmp_path / "out.md", tmp_path / "nowhere"
    assert main(["--export", str(target), "--data-dir", str(nowhere)]) == 1
    assert "Nothing was written" in capsys.readouterr().err
    assert not target.exists()
    assert not nowhere.exists()


@pytest.mark.parametrize(
    "argv", [["--export", "out.docx"], ["--export"], ["--export", "a.md", "--import", "b"]]
)
def test_wrong_arguments_leave_with_code_2(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.parse(argv)
    assert left.value.code == 2


def test_every_format_that_is_accepted_can_be_written() -> None:
    assert set(command_line.EXPORT_SUFFIXES) == set(FORMATS)


PASSPHRASE = "correcto caballo batería"


@pytest.fixture
def locked_dir(data_dir: Path) -> Iterator[Path]:
    vault = FolderVault(data_dir)
    vault.turn_on(PASSPHRASE)
    vault.lock()
    yield data_dir
    vault.lock()


def test_an_encrypted_history_needs_its_passphrase(
    locked_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target, secret = tmp_path / "out.json", tmp_path / "secret.txt"
    export = ["--export", str(target), "--data-dir", str(locked_dir)]
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(export) == 3
    assert "--passphrase-file" in capsys.readouterr().err
    secret.write_text("wrong horse\n", encoding="utf-8")
    assert main([*export, "--passphrase-file", str(secret)]) == 3
    assert "neither the passphrase" in capsys.readouterr().err
    assert main([*export, "--passphrase-file", str(tmp_path / "none")]) == 1
    assert not target.exists()
    secret.write_text(PASSPHRASE + "\nmore\n", encoding="utf-8")
    assert main([*export, "--passphrase-file", str(secret)]) == 0
    assert "Stone walls" in target.read_text("utf-8")
    assert FolderVault(locked_dir).is_locked()


def test_the_passphrase_may_come_from_the_environment_or_the_standard_input(
    locked_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "conversations.json"
    file.write_text(json.dumps(CHATGPT), encoding="utf-8")
    command = ["--import", str(file), "--data-dir", str(locked_dir)]
    monkeypatch.setenv("LUMBRE_PASSPHRASE", PASSPHRASE)
    assert main(command) == 0
    assert "LUMBRE_PASSPHRASE" not in os.environ
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSPHRASE + "\n"))
    target = tmp_path / "out.md"
    export = ["--export", str(target), "--data-dir", str(locked_dir)]
    assert main([*export, "--passphrase-file", "-"]) == 0
    assert "From ChatGPT" in target.read_text("utf-8")
    assert b"From ChatGPT" not in (locked_dir / "conversations.db").read_bytes()
