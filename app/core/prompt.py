"""From the active path of a conversation to what the model reads."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from app.core.harmony import OpenAnswer, Prompt, PromptMessage, SystemSettings
from app.core.message import Channel, Message, ReasoningEffort, Role

_SHOWN_DAYS = 7  # how long a conversation keeps the date that it says


def shown_date(path: Sequence[Message], now: datetime.datetime) -> str:
    """The date that the system message says, YYYY-MM-DD.

    It stands at the very beginning, so with another date all of the conversation would have
    to be read again. Therefore it is the day on which the branch began, or a whole number of
    weeks later: never more than six days old, and of a conversation that is gone on with the
    next morning nothing is read twice.

    Args:
        path: the branch, oldest message first; empty: it begins now.
        now: in the person's time zone.
    """
    today = now.date()
    if not path:
        return today.isoformat()
    began = datetime.datetime.fromtimestamp(path[0].created_at, now.tzinfo).date()
    age = max(0, (today - began).days)  # a clock may have been set back
    return (today - datetime.timedelta(days=age % _SHOWN_DAYS)).isoformat()


def prompt_for(
    path: Sequence[Message],
    reasoning: ReasoningEffort,
    *,
    instructions: str = "",
    current_date: str | None = None,
    continues: Message | None = None,
) -> Prompt:
    """The prompt for an answer to the last message of `path`.

    Earlier thinking never enters it: the format drops the analysis of every turn that has
    its final answer, and an answer without one has nothing that the model should see again.
    Attachments stand before the typed words, as data in the same message; the engine cuts
    those that are larger than the context can take.

    Args:
        path: the branch up to the question, oldest first, without the wanted answer.
        reasoning: the level of this answer.
        instructions: the person's own, sent as the developer message.
        current_date: YYYY-MM-DD; None leaves it out.
        continues: an answer that ended early and is to go on.
    """
    open_answer = OpenAnswer()
    if continues is not None:
        open_answer = OpenAnswer(continues.thinking, continues.text, continues.token_ids)
    return Prompt(
        messages=tuple(_prompt_message(m) for m in path if m.text or m.attachments),
        system=SystemSettings(reasoning=reasoning, current_date=current_date),
        instructions=instructions,
        open_answer=open_answer,
    )


def _prompt_message(message: Message) -> PromptMessage:
    channel = Channel.FINAL if message.role is Role.ASSISTANT else None
    return PromptMessage(
        message.role,
        message.text,
        channel,
        attachments=message.attachments,
        token_ids=message.token_ids,
    )
