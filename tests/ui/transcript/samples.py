"""Conversations for tests and benchmarks: all kinds of Markdown, in English and Spanish."""

from __future__ import annotations

import random

from app.core.message import (
    ConversationId,
    FinishReason,
    GenerationStats,
    Message,
    MessageId,
    ReasoningEffort,
    Role,
)
from app.ui.models.path_model import MessageRow

CONVERSATION = ConversationId("conversation")
STATS = GenerationStats(
    n_prompt=120,
    n_reused=40,
    n_analysis=80,
    n_final=412,
    prefill_tps=100.0,
    decode_tps=23.4,
    ttft_ms=810.0,
    thinking_ms=12_300.0,
    total_ms=21_000.0,
)

EVERYTHING = r"""# Sorting in Python

You can sort with `sorted()`; it returns a **new list** and is *stable*. See
[the manual](https://docs.python.org/3/howto/sorting.html) or https://example.org/a?b=c.
~~Bubble sort~~ is only for school.

## Steps

1. Read the file:

   ```python
   from pathlib import Path

   def read(path: Path) -> list[str]:
       '''Lines without their ends.'''
       return path.read_text("utf-8").splitlines()  # no ends
   ```
2. Sort by length, then by name
   - first the *short* ones
   - then the long
     - and deeper
3. Write it back

- [x] tests written
- [ ] documented

> A quotation with `code` and a second
> line.
>
> > nested

| Method | Time | Stable | Note |
|:-------|-----:|:------:|------|
| Timsort | $O(n \log n)$ | yes | Python's own, fast on data that is partly sorted |
| Quicksort | $O(n^2)$ | no | worst case |

The mean is $\bar{x} = \frac{1}{n}\sum_{i=1}^n x_i$, and

$$\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}$$

---

### Result[^1]

Done. Press <kbd>Ctrl</kbd> &amp; enjoy: áéíóú ñ ¿qué? 日本語 العربية 😀.

[^1]: A footnote with a [link](https://example.com).
"""

SPANISH = r"""Claro. La **fotosíntesis** convierte luz en energía química:

\[6\,CO_2 + 6\,H_2O \rightarrow C_6H_{12}O_6 + 6\,O_2\]

1. La *clorofila* absorbe la luz
2. Se rompe el agua
3. Se fija el carbono

¿Quieres más detalle?"""

_TEXT = (
    "the model reads a prompt token by token and keeps keys and values of every layer in "
    "memory so that the next answer begins sooner una respuesta larga con acentos también"
)
_WORDS = _TEXT.split()


def question(name: str, text: str = "How do I sort a file?") -> MessageRow:
    """A row of the person's."""
    return MessageRow(Message(MessageId(name), CONVERSATION, Role.USER, text, created_at=0.0))


def answer(
    name: str,
    text: str = "",
    *,
    thinking: str = "",
    reason: FinishReason | None = FinishReason.STOP,
    is_live: bool = False,
    version: int = 1,
    n_versions: int = 1,
    status: str = "",
    error: str = "",
) -> MessageRow:
    """A row of the model's."""
    message = Message(
        MessageId(name),
        CONVERSATION,
        Role.ASSISTANT,
        text,
        thinking=thinking,
        created_at=0.0,
        reasoning=ReasoningEffort.MEDIUM,
        finish_reason=None if is_live else reason,
        model_name="gpt-oss-20b",
        stats=None if is_live else STATS,
    )
    return MessageRow(message, version, n_versions, is_live, status, error)


def long_answer(n_tokens: int, seed: int = 7) -> str:
    """Markdown of about `n_tokens` tokens: prose, lists, tables, code and math."""
    rng = random.Random(seed)
    parts: list[str] = []
    n_chars = 0
    while n_chars < n_tokens * 4:
        part = rng.choice((_prose, _prose, _bullets, _table, _code, _math))(rng)
        parts.append(part)
        n_chars += len(part) + 2
    return "\n\n".join(parts)


def long_conversation(n_messages: int) -> list[MessageRow]:
    """Questions and answers, some 850 characters each on average."""
    rng = random.Random(11)
    rows: list[MessageRow] = []
    for n in range(n_messages // 2):
        rows.append(question(f"q{n}", _sentence(rng, 18)))
        text = long_answer(rng.choice((60, 200, 400, 900)), seed=n)
        rows.append(answer(f"a{n}", text, thinking=_sentence(rng, 60)))
    return rows


def _sentence(rng: random.Random, n_words: int) -> str:
    words = [rng.choice(_WORDS) for _ in range(n_words)]
    words[0] = words[0].capitalize()
    if n_words > 6:
        words[3] = f"**{words[3]}**"
        words[5] = f"`{words[5]}`"
    return " ".join(words) + "."


def _prose(rng: random.Random) -> str:
    heading = f"## {_sentence(rng, 4)}\n\n" if rng.random() < 0.3 else ""
    return heading + " ".join(_sentence(rng, rng.randint(8, 20)) for _ in range(4))


def _bullets(rng: random.Random) -> str:
    marks = "1." if rng.random() < 0.5 else "-"
    lines: list[str] = []
    for _ in range(rng.randint(3, 12)):
        lines.append(f"{marks} {_sentence(rng, rng.randint(4, 16))}")
        if rng.random() < 0.3:
            lines.append(f"   - {_sentence(rng, 7)}")
    return "\n".join(lines)


def _table(rng: random.Random) -> str:
    lines = ["| Name | Value | Note |", "|---|--:|---|"]
    lines += [
        f"| item {n} | {rng.randint(1, 9999)} | {_sentence(rng, 7)} |"
        for n in range(rng.randint(3, 14))
    ]
    return "\n".join(lines)


def _code(rng: random.Random) -> str:
    lines = ["```python", f"def function_{rng.randint(1, 99)}(value: int) -> str:"]
    lines += [
        f'    text_{n} = f"{{value}} of {rng.randint(1, 99)}"  # {rng.choice(_WORDS)}'
        for n in range(rng.randint(4, 40))
    ]
    lines += ["    return text_0", "```"]
    return "\n".join(lines)


def _math(rng: random.Random) -> str:
    n = rng.randint(1, 9)
    return (
        rf"With $x_{n} = \frac{{a}}{{b + {n}}}$ it follows that"
        "\n\n"
        rf"$$\sum_{{i=0}}^{{{n}}} x_i = \sqrt{{\frac{{{n}}}{{\pi}}}}$$"
    )
