"""Paints two small messages where nobody sees them, so that the first seen need not wait.

Fonts, lexers and classes of Qt are made when they are first used: some 10 ms.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.core.message import ConversationId, Message, MessageId, Role
from app.ui.models.path_model import MessageRow
from app.ui.transcript.block import Scope
from app.ui.transcript.message_item import MessageItem
from app.ui.transcript.message_painter import MessagePaint, paint_message
from app.ui.transcript.section import DocumentCache

_WIDTH_PX = 600
_QUESTION = "a"
_ANSWER = """# a

1. **b** *c* `d` [e](https://example.org)

| a | b |
|---|---|
| c | d |

```python
def f() -> int:
    return 1  # 'a'
```
"""


def rehearse(scope: Scope) -> QImage:
    """Paint a question and an answer with all that is common, but no formula; the answer."""
    _painted(Role.USER, _QUESTION, scope)
    return _painted(Role.ASSISTANT, _ANSWER, scope)


def _painted(role: Role, text: str, scope: Scope) -> QImage:
    message = Message(MessageId("rehearsal"), ConversationId("rehearsal"), role, text)
    item = MessageItem(MessageRow(message), scope.look.style, scope, DocumentCache())
    item.set_width(_WIDTH_PX)
    item.measure(0, item.height)
    image = QImage(_WIDTH_PX, math.ceil(item.height), QImage.Format.Format_RGB32)
    image.fill(scope.look.palette.ground)
    painter = QPainter(image)
    area = QRectF(image.rect())
    paint_message(
        item, MessagePaint(painter, area, scope.look.palette, lambda *_: (), is_hot=True)
    )
    painter.end()
    return image
