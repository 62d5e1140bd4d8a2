"""Folders and presets in the database, each change inside the caller's transaction."""

from __future__ import annotations

from app.core.conversation import Folder, FolderId, Preset, PresetId
from app.core.message import ReasoningEffort
from app.storage.history_file import HistoryFile
from app.storage.rows import clean_text
from app.storage.sampling_values import sampling_of_text, sampling_text
from app.storage.sqlite import Connection

_LEVELS = {str(level): level for level in ReasoningEffort}
_PUT_FOLDER = """
    INSERT INTO folders (uuid, name, is_folded) VALUES (?, ?, ?)
    ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, is_folded = excluded.is_folded
"""
_PUT_PRESET = """
    INSERT INTO presets (uuid, name, instructions, sampling, reasoning, is_default)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (uuid) DO UPDATE SET
        name = excluded.name, instructions = excluded.instructions,
        sampling = excluded.sampling, reasoning = excluded.reasoning,
        is_default = excluded.is_default
"""


def list_folders(file: HistoryFile) -> tuple[Folder, ...]:
    """All folders, in the order in which they were made.

    Raises:
        StorageError: they cannot be read.
    """
    rows = file.read("SELECT uuid, name, is_folded FROM folders ORDER BY id")
    return tuple(Folder(FolderId(uuid), name, bool(folded)) for uuid, name, folded in rows)


def put_folder(connection: Connection, folder: Folder) -> None:
    """Make a folder, or change the one with its id."""
    connection.execute(_PUT_FOLDER, (folder.id, clean_text(folder.name), int(folder.is_folded)))


def delete_folder(connection: Connection, folder_id: FolderId) -> None:
    """Delete a folder; the foreign key takes its conversations out of it."""
    connection.execute("DELETE FROM folders WHERE uuid = ?", (folder_id,))


def list_presets(file: HistoryFile) -> tuple[Preset, ...]:
    """All presets, in the order in which they were made.

    Raises:
        StorageError: they cannot be read.
    """
    rows = file.read(
        "SELECT uuid, name, instructions, sampling, reasoning, is_default FROM presets "
        "ORDER BY id"
    )
    return tuple(
        Preset(
            PresetId(uuid),
            name,
            instructions,
            sampling_of_text(sampling),
            _LEVELS.get(reasoning),
            bool(is_default),
        )
        for uuid, name, instructions, sampling, reasoning, is_default in rows
    )


def put_preset(connection: Connection, preset: Preset) -> None:
    """Make a preset, or change the one with its id; at most one is the default."""
    if preset.is_default:
        connection.execute("UPDATE presets SET is_default = 0 WHERE uuid <> ?", (preset.id,))
    connection.execute(
        _PUT_PRESET,
        (
            preset.id,
            clean_text(preset.name),
            clean_text(preset.instructions),
            sampling_text(preset.sampling),
            preset.reasoning and str(preset.reasoning),
            int(preset.is_default),
        ),
    )


def delete_preset(connection: Connection, preset_id: PresetId) -> None:
    """Delete a preset."""
    connection.execute("DELETE FROM presets WHERE uuid = ?", (preset_id,))
