"""Loads a model on the first graphics device and prints what llama.cpp says it has put where.

    python -m tests.engine.gpu_buffers MODEL SETTINGS

A child process of `test_gpu`: its driver may crash. Prints one JSON object, sizes in MiB.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path

from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings
from app.core.memory_plan import plan_load
from app.engine.context import LlamaContext
from app.engine.context_plan import context_plan
from app.engine.gguf_header import read_model_card
from app.engine.hardware import read_machine
from tests.fixtures.generated_gpt_oss import TINY_VOCABULARY

MIB = 1 << 20
BUFFER = re.compile(
    r"(Vulkan0|Vulkan_Host|CPU)\s+(model|KV|compute) buffer size\s*=\s*([\d.]+)"
)


class Lines(logging.Handler):
    """Keeps llama.cpp's log."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        for place, what, mib in BUFFER.findall(record.getMessage()):
            key = f"{place} {what}"
            self.sizes[key] = self.sizes.get(key, 0.0) + float(mib)


def main() -> None:
    lines = Lines()
    logging.getLogger("app.engine.native").addHandler(lines)
    logging.getLogger("app.engine.native").setLevel(logging.DEBUG)
    path, settings = Path(sys.argv[1]), EngineSettings(**json.loads(sys.argv[2]))
    card = read_model_card(path, vocabulary=TINY_VOCABULARY)
    machine = read_machine(with_devices=True)
    plan = plan_load(card, machine, settings)
    context = LlamaContext(context_plan(card, machine, settings, plan), CancelToken())
    context.close()
    on_card = plan.weights_vram_bytes / MIB
    print(json.dumps({"printed": lines.sizes, "planned": on_card, "device": plan.device_name}))


if __name__ == "__main__":
    main()
