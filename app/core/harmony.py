"""Harmony, gpt-oss's message format: a renderer and a tolerant streaming parser.

A prompt is rendered to *segments*: control tokens as integers, everything else as text. Only
the text is encoded later, each segment on its own, by an encoder that knows no control
tokens, so that nothing a person types, pastes or attaches can become one.

Source: https://developers.openai.com/cookbook/articles/openai-harmony (format), compared
token by token with the openai-harmony library in tests/core/test_harmony_oracle.py.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from app.core.attachment import Attachment, as_prompt_text
from app.core.message import Channel, ReasoningEffort, Role

KNOWLEDGE_CUTOFF = "2024-06"


class ControlToken(IntEnum):
    """Ids of the o200k_harmony control tokens."""

    RETURN = 200002  # the answer is complete
    CONSTRAIN = 200003
    CHANNEL = 200005
    START = 200006
    END = 200007  # one message is complete, another follows
    MESSAGE = 200008
    CALL = 200012  # a call to a tool is complete


Segment = ControlToken | str


@dataclass(frozen=True, slots=True)
class SystemSettings:
    """What the system message says besides its fixed words."""

    reasoning: ReasoningEffort = ReasoningEffort.MEDIUM
    current_date: str | None = None  # YYYY-MM-DD; None leaves the line out
    has_tools: bool = False


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One finished message as the model is to see it.

    A tool's result has role TOOL and the tool's name (`functions.search`) as `author`;
    a call has role ASSISTANT and that name as `recipient`.
    """

    role: Role
    text: str
    channel: Channel | None = None  # of the assistant's messages
    recipient: str | None = None
    author: str | None = None
    attachments: tuple[Attachment, ...] = ()  # read before the text, as part of it
    is_shortened: tuple[bool, ...] = ()  # which attachments were cut for this prompt
    token_ids: tuple[int, ...] = ()  # of `text`, as the model wrote it; empty: not known


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer that ended early and is to be continued where it stopped."""

    thinking: str = ""
    text: str = ""
    token_ids: tuple[int, ...] = ()  # of `text`, as the model wrote it; empty: not known

    @property
    def channel(self) -> Channel | None:
        """Where it goes on; None when nothing had come."""
        if self.text:
            return Channel.FINAL
        return Channel.ANALYSIS if self.thinking else None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Everything the model reads before it answers."""

    messages: tuple[PromptMessage, ...]
    system: SystemSettings = SystemSettings()
    instructions: str = ""  # the person's own, sent as the developer message
    tools: str = ""  # TypeScript of the tools, as in the format's "# Tools" section
    open_answer: OpenAnswer = OpenAnswer()

    def head(self) -> tuple[Segment, ...]:
        """System and developer message: the part that never leaves the context."""
        return (*render_system(self.system), *render_developer(self.instructions, self.tools))

    def body(self) -> tuple[tuple[Segment, ...], ...]:
        """The conversation, one tuple of segments a message; superseded analysis left out."""
        return tuple(render_message(m) for m in without_stale_analysis(self.messages))

    def tail(self) -> tuple[Segment, ...]:
        """What opens the answer: `<|start|>assistant`, and what of it is already there."""
        return tuple(_render_open(self.open_answer))

    def segments(self) -> tuple[Segment, ...]:
        """The whole prompt."""
        middle = (segment for message in self.body() for segment in message)
        return (*self.head(), *middle, *self.tail())


def without_stale_analysis(messages: Sequence[PromptMessage]) -> tuple[PromptMessage, ...]:
    """Drop the analysis of every turn that is followed by a final answer.

    The analysis of an unfinished turn (a tool was called, no final yet) stays. openai-harmony
    0.0.8 drops only what stands before the *first* final (openai/harmony PR 96).
    """
    last_final = max(
        (i for i, m in enumerate(messages) if m.channel is Channel.FINAL),
        default=-1,
    )
    return tuple(
        m
        for i, m in enumerate(messages)
        if not (m.channel is Channel.ANALYSIS and m.recipient is None and i < last_final)
    )


def render_system(settings: SystemSettings) -> tuple[Segment, ...]:
    """The system message in the words that the model was trained on."""
    identity = (
        "You are ChatGPT, a large language model trained by OpenAI.\n"
        f"Knowledge cutoff: {KNOWLEDGE_CUTOFF}"
    )
    if settings.current_date:
        identity += f"\nCurrent date: {settings.current_date}"
    channels = (
        "# Valid channels: analysis, commentary, final. "
        "Channel must be included for every message."
    )
    if settings.has_tools:
        channels += "\nCalls to these tools must go to the commentary channel: 'functions'."
    text = "\n\n".join((identity, f"Reasoning: {settings.reasoning.value}", channels))
    return (
        ControlToken.START,
        Role.SYSTEM.value,
        ControlToken.MESSAGE,
        text,
        ControlToken.END,
    )


def render_developer(instructions: str, tools: str = "") -> tuple[Segment, ...]:
    """The developer message; nothing when there is nothing to say."""
    parts = []
    if instructions:
        parts.append(f"# Instructions\n\n{instructions}")
    if tools:
        parts.append(f"# Tools\n\n{tools}")
    if not parts:
        return ()
    return (
        ControlToken.START,
        Role.DEVELOPER.value,
        ControlToken.MESSAGE,
        "\n\n".join(parts),
        ControlToken.END,
    )


def render_message(message: PromptMessage) -> tuple[Segment, ...]:
    """One message of the conversation."""
    header, channel, end = message.role.value, message.channel, ControlToken.END
    constrain: tuple[Segment, ...] = ()
    if message.role is Role.TOOL:
        header = f"{message.author or 'functions'} to=assistant"
        channel = channel or Channel.COMMENTARY
    elif message.recipient is not None:
        header = f"{message.role.value} to={message.recipient}"
        channel = channel or Channel.COMMENTARY
        constrain, end = (" ", ControlToken.CONSTRAIN, "json"), ControlToken.CALL
    opened: list[Segment] = [ControlToken.START, header]
    if channel is not None:
        opened += [ControlToken.CHANNEL, channel.value, *constrain]
    text = as_prompt_text(message.attachments, message.text, message.is_shortened)
    return (*opened, ControlToken.MESSAGE, text, end)


def channel_header(channel: Channel) -> tuple[Segment, ...]:
    """What opens `channel` right after `<|start|>assistant`."""
    return (ControlToken.CHANNEL, channel.value, ControlToken.MESSAGE)


def _render_open(answer: OpenAnswer) -> Iterator[Segment]:
    yield ControlToken.START
    yield Role.ASSISTANT.value
    if answer.thinking:
        yield from channel_header(Channel.ANALYSIS)
        yield answer.thinking
        if not answer.text:
            return
        yield from (ControlToken.END, ControlToken.START, Role.ASSISTANT.value)
    if answer.text:
        yield from channel_header(Channel.FINAL)
        yield answer.text


@dataclass(frozen=True, slots=True)
class ParsedText:
    """Text of one channel; `recipient` is set inside a call to a tool."""

    channel: Channel
    text: str
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedEnd:
    """A message ended; `is_last` when the model is done."""

    channel: Channel
    is_last: bool


ParsedEvent = ParsedText | ParsedEnd

_CHANNEL_MARK = b"\x00C"
_CONSTRAIN_MARK = b"\x00K"


class StreamParser:
    """Token ids of an answer -> text by channel. Never raises, whatever the ids are.

    Args:
        piece: bytes of a text token; b"" for an id it does not know.
        channel: where the answer already is (a continued one); None at its beginning,
            right after `<|start|>assistant`.

    Text outside any message counts as final when no channel was named, as commentary when
    an unknown one was; a control token inside a message other than its end is dropped.
    """

    __slots__ = ("_channel", "_decoder", "_header", "_in_message", "_piece", "_recipient")

    def __init__(self, piece: Callable[[int], bytes], channel: Channel | None = None) -> None:
        self._piece = piece
        self._in_message = False
        self._header = b""
        self._channel = Channel.FINAL
        self._recipient: str | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        if channel is not None:
            self._in_message, self._channel = True, channel

    def feed(self, token: int) -> tuple[ParsedEvent, ...]:
        """What `token` adds; often nothing, while a character is still incomplete."""
        if token < ControlToken.RETURN:
            return self._feed_text(self._piece(token))
        if token in (ControlToken.RETURN, ControlToken.CALL, ControlToken.END):
            return self._end(is_last=token != ControlToken.END)
        if token == ControlToken.START:
            return self._start()
        if token == ControlToken.MESSAGE:
            if not self._in_message:
                self._read_header()
                self._in_message = True
        elif not self._in_message:
            if token == ControlToken.CHANNEL:
                self._header += _CHANNEL_MARK
            elif token == ControlToken.CONSTRAIN:
                self._header += _CONSTRAIN_MARK
        return ()

    def flush(self) -> tuple[ParsedEvent, ...]:
        """What is still held back, when the answer was cut off: a half character as U+FFFD."""
        rest = self._decoder.decode(b"", True) if self._in_message else ""
        return (ParsedText(self._channel, rest, self._recipient),) if rest else ()

    def _feed_text(self, piece: bytes) -> tuple[ParsedEvent, ...]:
        if not self._in_message:
            self._header += piece
            return ()
        text = self._decoder.decode(piece)
        return (ParsedText(self._channel, text, self._recipient),) if text else ()

    def _start(self) -> tuple[ParsedEvent, ...]:
        held = self._held()
        self._reset()
        return held

    def _end(self, *, is_last: bool) -> tuple[ParsedEvent, ...]:
        held = self._held()
        ended = ParsedEnd(self._channel, is_last)
        self._reset()
        return (*held, ended)

    def _held(self) -> tuple[ParsedEvent, ...]:
        """Text that no further token can complete."""
        if self._in_message:
            return self.flush()
        self._read_header()
        bare = self._header.split(b"\x00", 1)[0].decode("utf-8", "replace")
        if bare.strip() in {"", Role.ASSISTANT.value} or self._recipient is not None:
            return ()
        return (ParsedText(self._channel, bare, None),)

    def _read_header(self) -> None:
        header = self._header.decode("utf-8", "replace")
        _, has_channel, rest = header.partition(_CHANNEL_MARK.decode())
        name = rest.split("\x00", 1)[0].strip()
        known = next((c for c in Channel if name.startswith(c.value)), None)
        self._channel = known or (Channel.COMMENTARY if has_channel else Channel.FINAL)
        _, found, target = header.partition("to=")
        words = target.split("\x00", 1)[0].split() if found else []
        self._recipient = words[0] if words else None

    def _reset(self) -> None:
        self._in_message = False
        self._header = b""
        self._channel = Channel.FINAL
        self._recipient = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
