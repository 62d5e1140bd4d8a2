"""What a busy person does to the history, told step by step, so that a fault can be judged.

Before each step its outcome is announced, after it the outcome is acknowledged. Whoever
watches knows what must be on the disk (all that was acknowledged) and what may be (the one
step that was announced last).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from app.core.attachment import Attachment, AttachmentKind
from app.core.conversation import Conversation, ConversationStore
from app.core.message import (
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    MessageState,
    Role,
    new_message_id,
)
from tests.faults.organisation_workload import Facts, Organisation, facts_of, place_of

WORDS = [
    "casa",
    "luz",
    "río",
    "model",
    "answer",
    "thinking",
    "tokens",
    "lumbre",
    "fuego",
    "🔥",
    "año",
]


def attached_to(text: str) -> tuple[Attachment, ...]:
    """What goes with a question: with every second one nothing, else up to 100 kB."""
    if len(text) % 2:
        return ()
    return (
        Attachment(text[::-1], f"{len(text)}.txt", n_tokens=len(text)),
        Attachment(text * (len(text) % 400), kind=AttachmentKind.PASTE),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One change and what is to be found afterwards."""

    kind: str  # "conversation", "text", "gone", "back", "title", or one of keeping order
    id: str = ""  # of the message, or of the conversation for "conversation" and "title"
    text: str = ""  # of the message, or the title
    is_final: bool = True  # False: a journalled answer, which may also be longer
    facts: tuple[tuple[str, str | None], ...] = ()  # of keeping order: all of them or none


Act = tuple[Step, Callable[[], None]]


@dataclass
class Workload:
    """Random steps on a store; the same seed gives the same kinds of steps."""

    store: ConversationStore
    seed: int
    chats: list[Conversation] = field(default_factory=list)
    deleted: list[tuple[int, Message]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.organisation = Organisation(self.store, self.random, self.chats)

    def acts(self) -> Iterator[Act]:
        """Steps without end; each must be run before the next is asked for."""
        while True:
            if not self.chats or self.random.random() < 0.1:
                yield self._new_chat()
            kind = self.random.choices(
                [
                    self._say,
                    self._answer,
                    self._rename,
                    self._delete,
                    self._restore,
                    self._organise,
                ],
                [4, 3, 1, 0.5, 0.5, 2.5],
            )[0]
            yield from kind()

    def _new_chat(self) -> Act:
        chat = Conversation.start(self._words(3))
        self.chats.append(chat)
        facts = tuple(place_of(chat.summary).items())
        step = Step("conversation", chat.id, chat.summary.title, facts=facts)
        return step, lambda: self.store.save_summary(chat.summary)

    def _say(self) -> Iterator[Act]:
        index, chat = self._some_chat()
        path = chat.active_path()
        parent = self.random.choice(path).id if path else None
        text = self._words(40)
        message = Message(
            new_message_id(),
            chat.id,
            Role.USER,
            text,
            parent_id=parent,
            attachments=attached_to(text),
        )
        yield Step("text", message.id, message.text), lambda: self.store.add_message(message)
        self.chats[index] = chat.with_message(message)

    def _answer(self) -> Iterator[Act]:
        index, chat = self._some_chat()
        path = chat.active_path()
        if not path:
            return
        answer = Message(
            new_message_id(),
            chat.id,
            Role.ASSISTANT,
            "",
            parent_id=path[-1].id,
            state=MessageState.STREAMING,
        )
        yield Step("text", answer.id, "", False), lambda: self.store.add_message(answer)
        self.chats[index] = chat.with_message(answer)
        text = ""
        for _ in range(self.random.randint(1, 8)):
            text += self._words(60)
            now = text
            yield (
                Step("text", answer.id, now, False),
                lambda now=now: self.store.journal(answer.id, now, now[::-1]),  # type: ignore[misc]
            )
        final = replace(
            answer, text=text, finish_reason=FinishReason.STOP, stats=GenerationStats(1)
        )
        yield Step("text", answer.id, text), lambda: self.store.finish(final)

    def _rename(self) -> Iterator[Act]:
        index, chat = self._some_chat()
        summary = replace(chat.summary, title=self._words(4), draft=self._words(9))
        self.chats[index] = chat.with_summary(summary)
        facts = tuple(place_of(summary).items())
        step = Step("title", chat.id, summary.title, facts=facts)
        yield step, lambda: self.store.save_summary(summary)

    def _delete(self) -> Iterator[Act]:
        index, chat = self._some_chat()
        leaves = [m for m in chat.messages.values() if not chat.children(m.id)]
        if not leaves:
            return
        message = self.random.choice(leaves)
        yield Step("gone", message.id), lambda: self.store.delete_message(message.id)
        self.chats[index] = chat.without(message.id)
        self.deleted.append((index, message))

    def _restore(self) -> Iterator[Act]:
        if not self.deleted:
            return
        index, gone = self.deleted.pop()
        chat = self.chats[index]
        if gone.parent_id is None or gone.parent_id in chat.messages:
            yield Step("back", gone.id), lambda: self.store.restore_message(gone.id)
            self.chats[index] = chat.with_message(gone)

    def _organise(self) -> Iterator[Act]:
        for kind, facts, act in self.organisation.acts():
            yield Step(kind, facts=tuple(facts.items())), act

    def _some_chat(self) -> tuple[int, Conversation]:
        index = self.random.randrange(len(self.chats))
        return index, self.chats[index]

    def _words(self, most: int) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(1, most)))


@dataclass
class Expected:
    """What has been announced and acknowledged so far."""

    texts: dict[str, Step] = field(default_factory=dict)  # by message
    titles: dict[str, str] = field(default_factory=dict)  # by conversation
    gone: set[str] = field(default_factory=set)
    facts: Facts = field(default_factory=dict)
    announced: Step | None = None
    n_acknowledged: int = 0

    def announce(self, step: Step) -> None:
        """The step begins."""
        self.announced = step

    def acknowledge(self) -> None:
        """The store has returned from the announced step."""
        step, self.announced = self.announced, None
        assert step is not None
        self.n_acknowledged += 1
        self.facts |= dict(step.facts)
        if step.kind == "text":
            self.texts[step.id] = step
        elif step.kind == "gone":
            self.gone.add(step.id)
        elif step.kind == "back":
            self.gone.discard(step.id)
        elif step.kind in {"conversation", "title"}:
            self.titles[step.id] = step.text

    def doubt(self) -> None:
        """The store has raised: what the announced step was about may be as before or after."""
        step, self.announced = self.announced, None
        assert step is not None
        self.texts.pop(step.id, None)
        self.titles.pop(step.id, None)
        for name, _ in step.facts:
            self.facts.pop(name, None)

    def losses(self, store: ConversationStore) -> list[str]:
        """What is missing or wrong in the store, in words; ids only."""
        summaries = store.list_conversations()
        titles = {s.id: s.title for s in summaries}
        found = {m.id: m for s in summaries for m in store.load(s.id).messages.values()}
        doubtful = self.announced.id if self.announced else None
        losses = [
            f"title of {id_}"
            for id_, title in self.titles.items()
            if titles.get(id_) != title and not self._may_be(id_, titles.get(id_))  # type: ignore[call-overload]
        ]
        for id_, step in self.texts.items():
            message = found.get(MessageId(id_))
            if message is None:
                if id_ not in self.gone and id_ != doubtful:
                    losses.append(f"message {id_}")
            elif id_ in self.gone and id_ != doubtful:
                losses.append(f"deletion of {id_}")
            elif not self._is_text(step, message) and not self._may_be(id_, message.text):
                losses.append(f"text of {id_}")
        return losses + self._lost_order(store)

    def _lost_order(self, store: ConversationStore) -> list[str]:
        """Facts that do not hold; of the step under way, all have to or none."""
        found = facts_of(store)
        pending = dict(self.announced.facts) if self.announced else {}
        losses = [
            name
            for name, value in self.facts.items()
            if found.get(name) != value and name not in pending
        ]
        before = {name: self.facts.get(name) for name in pending}
        is_as = [
            all(found.get(name) == value for name, value in wanted.items())
            for wanted in (before, pending)
        ]
        return losses if any(is_as) else [*losses, f"a part of {sorted(pending)}"]

    def _is_text(self, step: Step, message: Message) -> bool:
        if message.role is Role.USER and message.attachments != attached_to(message.text):
            return False
        if step.is_final or message.finish_reason is not FinishReason.INTERRUPTED:
            return message.text == step.text and step.is_final
        return message.text == step.text and message.thinking == step.text[::-1]

    def _may_be(self, id_: str, text: str | None) -> bool:
        """True when this is what the step would have left that was under way."""
        step = self.announced
        return step is not None and step.id == id_ and step.text == text

    def forget_unfinished(self, store: ConversationStore) -> None:
        """After a fault: take what is there now as the new truth."""
        found = {
            m.id: m
            for s in store.list_conversations()
            for m in store.load(s.id).messages.values()
        }
        self.texts = {m.id: Step("text", m.id, m.text) for m in found.values()}
        self.titles = {s.id: s.title for s in store.list_conversations()}
        self.gone = set()
        self.facts = facts_of(store)
        self.announced = None
