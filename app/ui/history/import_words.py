"""What an import would bring, or has brought, in sentences."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from app.core.transfer import ImportPreview, ImportResult, ImportSource, LeftOut
from app.ui.error_text import error_text
from app.ui.size_words import number_text


def source_name(source: ImportSource) -> str:
    """The program that wrote the file."""
    return {
        ImportSource.LUMBRE: "Lumbre",
        ImportSource.CHATGPT: "ChatGPT",
        ImportSource.OPEN_WEBUI: "Open WebUI",
        ImportSource.LM_STUDIO: "LM Studio",
    }[source]


def preview_text(preview: ImportPreview) -> str:
    """What would come."""
    if not preview.n_messages and not preview.n_conversations:
        text = QCoreApplication.translate(
            "ImportDialog", "{name} (from {program}) brings nothing new."
        )
    else:
        text = QCoreApplication.translate(
            "ImportDialog",
            "{name} is from {program}. New conversations: {n_conversations}. New messages: "
            "{n_messages}.",
        )
    sentence = text.format(
        name=preview.path.name,
        program=source_name(preview.source),
        n_conversations=number_text(preview.n_conversations),
        n_messages=number_text(preview.n_messages),
    )
    return _with_rest(sentence, preview.n_known, preview.n_left_out)


def result_text(result: ImportResult) -> str:
    """What has come."""
    text = QCoreApplication.translate(
        "ImportDialog",
        "Imported. New conversations: {n_conversations}. New messages: {n_messages}.",
    )
    sentence = text.format(
        n_conversations=number_text(result.n_conversations),
        n_messages=number_text(result.n_messages),
    )
    return _with_rest(sentence, result.n_known, result.n_left_out)


def left_out_text(entry: LeftOut) -> str:
    """What cannot be imported, and why."""
    text = QCoreApplication.translate("ImportDialog", "Left out: {name}. {reason}")
    return text.format(name=entry.name, reason=error_text(entry.reason))


def _with_rest(sentence: str, n_known: int, n_left_out: int) -> str:
    sentences = [sentence]
    if n_known:
        text = QCoreApplication.translate("ImportDialog", "Already here: {n}.")
        sentences.append(text.format(n=number_text(n_known)))
    if n_left_out:
        text = QCoreApplication.translate("ImportDialog", "Cannot be read and left out: {n}.")
        sentences.append(text.format(n=number_text(n_left_out)))
    return " ".join(sentences)
