"""Loads model files with llama.cpp, one after the other, and says how each went.

    python -m tests.faults.gguf_loader FILE ...

A child process of `test_gguf_mutations`: llama.cpp may abort in it. Before each file its number
is printed, after it the outcome; a crash is a number without an outcome.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.errors import UserError
from app.engine import native
from app.engine.bindings import bindings
from app.engine.context import LlamaContext
from app.engine.context_plan import ContextPlan
from tests.fixtures.generated_gpt_oss import TINY_N_VOCAB

_N_PROMPT = 20


def load(path: Path) -> str:
    """Read the vocabulary as llama.cpp does, then load and decode as the engine does."""
    low = bindings()
    params = low.llama_model_default_params()
    params.vocab_only = True
    model = low.llama_model_load_from_file(str(path).encode(), params)
    if not model:
        return f"vocabulary refused: {native.last_error.take()}"
    low.llama_model_free(model)
    plan = ContextPlan(path, TINY_N_VOCAB, 512, 64, 1, 0, 0, True, False, None)
    try:
        context = LlamaContext(plan, CancelToken())
    except UserError as error:
        return f"refused: {error}"
    try:
        context.decode([(i * 37) % TINY_N_VOCAB for i in range(_N_PROMPT)], 0)
        for i in range(2):
            context.decode_one(i, _N_PROMPT + i)
        logits = low.llama_get_logits_ith(context.handle, -1)
        total = sum(logits[i] for i in range(TINY_N_VOCAB))
    finally:
        context.close()
    return "ok" if total == total else "not a number"


def main() -> None:
    native.start()
    for number, name in enumerate(sys.argv[1:]):
        print(number, end=" ", flush=True)
        print(load(Path(name)), flush=True)


if __name__ == "__main__":
    main()
