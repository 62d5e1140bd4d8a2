"""Conversations as one HTML page that needs nothing else: for reading, printing, a PDF."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TextIO

from markdown_it import MarkdownIt

from app.core.attachment import Attachment
from app.core.conversation import Conversation
from app.core.message import Role
from app.core.transfer import ExportLabels
from app.storage.formats.document_parts import Part, attachment_title, parts_of

# Nothing is ever loaded, whatever a message contains; the style is in the page.
_HEAD = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lumbre</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto;
 padding: 0 1em; color: #1d1d1f; background: #fff; }
h1 { line-height: 1.2; margin-top: 2em; }
h2 { font-size: 1em; margin: 2em 0 0; }
.details { color: #606068; font-size: .85em; margin: 0 0 .6em; }
.you { background: #f3f1ec; border-radius: .6em; padding: .1em 1em; }
.thinking { color: #505058; border-left: 3px solid #d0ccc4; padding-left: 1em; }
.file { margin: .4em 0; } .file summary { color: #505058; }
.branch { border-top: 1px solid #d0ccc4; margin-top: 3em; padding-top: 1em; }
pre, code { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: #f6f6f6; padding: .8em; border-radius: .4em; white-space: pre-wrap;
 overflow-wrap: anywhere; }
table { border-collapse: collapse; } td, th { border: 1px solid #ccc; padding: .2em .6em; }
@media (prefers-color-scheme: dark) {
 body { color: #e8e6e3; background: #1b1b1d; } .you { background: #2a2927; }
 pre { background: #26262a; } .details, .thinking, .file summary { color: #a8a6a2; }
 td, th { border-color: #555; }
}
@media print {
 body { max-width: none; margin: 0; color: #000; background: #fff; }
 h1 { break-before: page; } h1:first-of-type { break-before: auto; }
 h2 { break-after: avoid; } pre, tr { break-inside: avoid; }
 .you { background: none; border: 1px solid #999; } pre { background: none;
 border: 1px solid #ccc; } details > * { display: block; }
}
</style>
</head>
<body>
"""


def write_html(
    conversations: Iterable[Conversation], file: TextIO, labels: ExportLabels
) -> tuple[int, int]:
    """Write a page; how many conversations and messages."""
    # No HTML of a message becomes part of the page, and no picture is ever loaded.
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    markdown.enable(["table", "strikethrough"]).disable("image")
    file.write(_HEAD)
    n_conversations = n_messages = 0
    for conversation in conversations:
        title = " ".join(conversation.summary.title.split()) or labels.untitled
        file.write(f"<h1>{escape(title)}</h1>\n")
        for part in parts_of(conversation, labels):
            file.write(_message(part, markdown, labels))
            n_messages += 1
        n_conversations += 1
    file.write("</body>\n</html>\n")
    return n_conversations, n_messages


def _message(part: Part, markdown: MarkdownIt, labels: ExportLabels) -> str:
    message = part.message
    pieces = []
    if part.branch_note:
        pieces.append(f'<p class="branch">{escape(part.branch_note)}</p>')
    pieces.append(f"<h2>{escape(part.speaker)}</h2>")
    pieces.append(f'<p class="details">{escape(part.details)}</p>')
    if message.thinking:
        pieces.append(
            f"<details><summary>{escape(labels.thinking)}</summary>"
            f'<div class="thinking">{markdown.render(message.thinking)}</div></details>'
        )
    pieces += [_attachment(attachment, labels) for attachment in message.attachments]
    side = "you" if message.role is Role.USER else "answer"
    pieces.append(f'<div class="{side}">{markdown.render(message.text)}</div>')
    if part.is_unfinished:
        pieces.append(f'<p class="details">{escape(labels.interrupted)}</p>')
    return "\n".join(pieces) + "\n"


def _attachment(attachment: Attachment, labels: ExportLabels) -> str:
    title = escape(attachment_title(attachment, labels))
    text = escape(attachment.text.rstrip())
    return f'<details class="file"><summary>{title}</summary><pre>{text}</pre></details>'
