"""Conversations as Markdown, for notes and wikis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from app.core.attachment import Attachment, longest_run
from app.core.conversation import Conversation
from app.core.transfer import ExportLabels
from app.storage.formats.document_parts import attachment_title, parts_of


def write_markdown(
    conversations: Iterable[Conversation], file: TextIO, labels: ExportLabels
) -> tuple[int, int]:
    """Write a document; how many conversations and messages."""
    n_conversations = n_messages = 0
    for conversation in conversations:
        title = " ".join(conversation.summary.title.split()) or labels.untitled
        file.write("\n---\n\n" if n_conversations else "")
        file.write(f"# {title}\n")
        for part in parts_of(conversation, labels):
            if part.branch_note:
                file.write(f"\n---\n\n*{part.branch_note}*\n")
            file.write(f"\n## {part.speaker}\n\n*{part.details}*\n\n")
            if part.message.thinking:
                quoted = part.message.thinking.strip().replace("\n", "\n> ")
                file.write(f"> **{labels.thinking}**\n>\n> {quoted}\n\n")
            for attachment in part.message.attachments:
                file.write(_attachment(attachment, labels))
            file.write(f"{part.message.text.rstrip()}\n")
            if part.is_unfinished:
                file.write(f"\n*{labels.interrupted}*\n")
            n_messages += 1
        n_conversations += 1
    return n_conversations, n_messages


def _attachment(attachment: Attachment, labels: ExportLabels) -> str:
    title = attachment_title(attachment, labels).replace("*", "\\*")
    fence = "`" * max(3, longest_run(attachment.text) + 1)
    return f"**{title}**\n\n{fence}\n{attachment.text.rstrip()}\n{fence}\n\n"
