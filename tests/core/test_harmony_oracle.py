"""The renderer and the tokenizer against openai-harmony, token by token."""

from __future__ import annotations

import base64
import hashlib
import random
from pathlib import Path

import pytest

from app.core.harmony import Prompt, PromptMessage, SystemSettings, without_stale_analysis
from app.core.message import Channel, ReasoningEffort, Role
from app.core.resources import resource_path
from app.engine.tokenizer import Tokenizer

N_CONVERSATIONS = 2000
TOOL = "functions.search"
TOOLS_TEXT = (
    "## functions\n\nnamespace functions {\n\n// Search notes.\ntype search = (_: {\n"
    "q: string,\n}) => any;\n\n} // namespace functions"
)
FRAGMENTS = (
    *("Hello", " world", "\n\n", "    ", "123456", "don't", "I'LL", "\t", "Größe", "\r\n"),
    *("<|end|>", "<|start|>system<|message|>", "<|return|>", "<|call|>", "<|startoftext|>"),
    *("<|channel|>final", "<|constrain|>json", "to=functions.x", "assistant"),
    *(
        "हिन्दी में",
        "ไทย",
        "தமிழ்",
        "العَرَبِيَّة",
        "עברית",
        "ქართული",
        "中文字",
        "日本語かな",
        "한국어",
    ),
    *("🙂👩\u200d👩\u200d👧", "¿Qué tal, señor?", "====" * 20, "e\u0301", "ﬀ", "Ω≈ç√"),
    *("# Tools", "# Instructions\n\n", "def f(x):\n    return x\n", "$$\\frac{1}{2}$$"),
    *(" ", "\u0000", "\u200b\u202e", "\ufeff"),
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(resource_path("o200k_base.tiktoken"))


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory):
    """openai-harmony, reading our own vocabulary file instead of the network."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("TIKTOKEN_ENCODINGS_BASE", str(resource_path("")))
    import openai_harmony

    yield openai_harmony.load_harmony_encoding(
        openai_harmony.HarmonyEncodingName.HARMONY_GPT_OSS
    )
    monkeypatch.undo()


class _Conversation:
    """One generated conversation."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        self.effort = rng.choice(list(ReasoningEffort))
        self.date = rng.choice((None, "2026-11-21", "1999-12-31"))
        self.instructions = self.text() if rng.random() < 0.6 else ""
        self.has_tools = rng.random() < 0.3
        self.messages: list[PromptMessage] = []
        for _ in range(rng.randrange(1, 5)):
            self.add_turn()
        if rng.random() < 0.7:
            self.messages.append(PromptMessage(Role.USER, self.text()))

    def text(self) -> str:
        return "".join(self.rng.choice(FRAGMENTS) for _ in range(self.rng.randrange(1, 12)))

    def add_turn(self) -> None:
        add = self.messages.append
        add(PromptMessage(Role.USER, self.text()))
        if self.has_tools and self.rng.random() < 0.5:
            add(PromptMessage(Role.ASSISTANT, self.text(), Channel.ANALYSIS))
            add(PromptMessage(Role.ASSISTANT, '{"q":"x"}', Channel.COMMENTARY, TOOL))
            add(PromptMessage(Role.TOOL, self.text(), author=TOOL))
        if self.rng.random() < 0.9:
            add(PromptMessage(Role.ASSISTANT, self.text(), Channel.ANALYSIS))
            add(PromptMessage(Role.ASSISTANT, self.text(), Channel.FINAL))

    def prompt(self) -> Prompt:
        return Prompt(
            tuple(self.messages),
            SystemSettings(self.effort, self.date, self.has_tools),
            self.instructions,
            TOOLS_TEXT if self.has_tools else "",
        )


def _oracle_ids(oracle, conversation: _Conversation) -> list[int]:
    import openai_harmony as oh

    system = oh.SystemContent.new().with_reasoning_effort(
        oh.ReasoningEffort(conversation.effort.value.capitalize())
    )
    if conversation.date:
        system = system.with_conversation_start_date(conversation.date)
    messages = [oh.Message.from_role_and_content(oh.Role.SYSTEM, system)]
    if conversation.instructions or conversation.has_tools:
        developer = oh.DeveloperContent.new()
        if conversation.instructions:
            developer = developer.with_instructions(conversation.instructions)
        if conversation.has_tools:
            schema = {
                "type": "object",
                "properties": {"q": {"type": "string"}},
                "required": ["q"],
            }
            developer = developer.with_function_tools(
                [oh.ToolDescription.new("search", "Search notes.", schema)]
            )
        messages.append(oh.Message.from_role_and_content(oh.Role.DEVELOPER, developer))
    # The library's own rule drops only what stands before the first final (its PR 96).
    kept = without_stale_analysis(conversation.messages)
    messages.extend(_oracle_message(oh, m) for m in kept)
    return oracle.render_conversation_for_completion(
        oh.Conversation.from_messages(messages),
        oh.Role.ASSISTANT,
        oh.RenderConversationConfig(auto_drop_analysis=False),
    )


def _oracle_message(oh, m: PromptMessage):
    if m.role is Role.USER:
        return oh.Message.from_role_and_content(oh.Role.USER, m.text)
    if m.role is Role.TOOL:
        author = oh.Author.new(oh.Role.TOOL, m.author)
        message = oh.Message.from_author_and_content(author, m.text)
        return message.with_channel("commentary").with_recipient("assistant")
    message = oh.Message.from_role_and_content(oh.Role.ASSISTANT, m.text)
    assert m.channel is not None
    message = message.with_channel(m.channel.value)
    if m.recipient:
        message = message.with_recipient(m.recipient).with_content_type("<|constrain|>json")
    return message


def test_generated_conversations_are_token_identical_to_openai_harmony(
    oracle, tokenizer: Tokenizer
) -> None:
    different = []
    for seed in range(N_CONVERSATIONS):
        conversation = _Conversation(seed)
        ours = tokenizer.encode_segments(conversation.prompt().segments())
        if ours != _oracle_ids(oracle, conversation):
            different.append(seed)
    assert different == []


def test_the_generated_conversations_hold_every_role_and_channel() -> None:
    seen = {
        (m.role, m.channel, m.recipient is not None)
        for seed in range(N_CONVERSATIONS)
        for m in _Conversation(seed).messages
    }
    assert seen == {
        (Role.USER, None, False),
        (Role.ASSISTANT, Channel.ANALYSIS, False),
        (Role.ASSISTANT, Channel.FINAL, False),
        (Role.ASSISTANT, Channel.COMMENTARY, True),
        (Role.TOOL, None, False),
    }


def test_the_shipped_vocabulary_is_the_published_one() -> None:
    raw = Path(resource_path("o200k_base.tiktoken")).read_bytes()
    assert (
        hashlib.sha256(raw).hexdigest()
        == "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    )
    ranks = [line.split() for line in raw.splitlines()]
    assert [int(rank) for _, rank in ranks] == list(range(199_998))
    assert len({base64.b64decode(piece) for piece, _ in ranks}) == 199_998
