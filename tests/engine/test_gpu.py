"""Graphics devices, tried for real with Mesa's software Vulkan device.

Needs a llama.cpp with Vulkan as `packaging/native/build.py` makes it, in `build/native` or
where LUMBRE_VULKAN_LIBRARIES says, and Debian's mesa-vulkan-drivers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from app.core.cancellation import CancelToken
from app.core.generation import EngineSettings, LoadRequest
from app.core.machine import DeviceKind
from app.engine.guarded_engine import GuardedEngine
from app.engine.trial import list_devices, self_test_device
from tests.fixtures.generated_gpt_oss import Recipe, Shape, write_model
from tests.fixtures.scripted_engine import HELLO, ScriptedEngine

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = Path(os.environ.get("LUMBRE_VULKAN_LIBRARIES", ROOT / "build" / "native"))
SOFTWARE_DEVICE = sorted(Path("/usr/share/vulkan/icd.d").glob("lvp_icd*.json"))
SETTINGS = EngineSettings(n_ctx=512, n_threads=1, n_ubatch=32)
PATIENCE_S = 300.0  # its shaders are compiled by the processor
BROKEN_DRIVER = """
#include <stdlib.h>
void *vk_icdGetInstanceProcAddr(void *instance, const char *name) { abort(); }
int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) { abort(); }
"""
WRONG_DEVICE = """
import sys
if "Vulkan0" in " ".join(sys.argv):
    import app.engine.sampler as sampler
    sampler.SamplerChain.sample = lambda self, context: 7
"""

SMALL_CARD = """
import os, sys
arguments = " ".join(sys.argv)
if "Vulkan0" in arguments and '"n_cpu_moe": 2' not in arguments:
    os.abort()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (LIBRARIES / "backends" / "vulkan").is_dir(),
        reason="no llama.cpp with Vulkan: packaging/native/build.py makes one",
    ),
    pytest.mark.skipif(not SOFTWARE_DEVICE, reason="no software device: mesa-vulkan-drivers"),
]


@pytest.fixture(scope="session")
def shader_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shaders")


@pytest.fixture(autouse=True)
def vulkan_for_children(monkeypatch: pytest.MonkeyPatch, shader_cache: Path) -> None:
    """Children load the Vulkan build and see the software device; this process does not."""
    monkeypatch.setenv("MESA_SHADER_CACHE_DIR", str(shader_cache))
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(LIBRARIES))
    monkeypatch.setenv("GGML_VK_VISIBLE_DEVICES", "0")
    for name in ("VK_ICD_FILENAMES", "VK_DRIVER_FILES"):
        monkeypatch.setenv(name, str(SOFTWARE_DEVICE[0]))


@pytest.fixture(scope="session")
def gpt_oss(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Heads as long as those of the published models; with others Mesa 22.3 crashes."""
    path = tmp_path_factory.mktemp("gpu") / "model.gguf"
    shape = Shape(n_head=2, n_head_kv=1, head_dim=64, n_experts=8, n_experts_used=4)
    return write_model(path, Recipe(shape))[0]


def buffers(path: Path, settings: EngineSettings) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.engine.gpu_buffers", str(path)]
    ended = subprocess.run(
        [*command, json.dumps(asdict(settings))],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=True,
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_the_device_is_listed_and_passes_its_self_test(gpt_oss: Path) -> None:
    (device,) = list_devices(CancelToken()) or ()
    assert device.name == "Vulkan0"
    assert device.kind is DeviceKind.GPU
    assert device.free_bytes > 1 << 28
    test = self_test_device(
        gpt_oss, "Vulkan0", SETTINGS, cancel=CancelToken(), timeout_s=PATIENCE_S
    )
    assert test.on_device is not None
    assert "llvmpipe" in test.on_device.device
    assert test.is_right, (test.on_cpu, test.on_device)


@pytest.mark.parametrize(("n_gpu_layers", "n_cpu_moe"), [(None, None), (None, 2), (3, 4)])
def test_layers_and_experts_go_where_the_plan_says(
    tmp_path: Path, n_gpu_layers: int | None, n_cpu_moe: int | None
) -> None:
    shape = Shape(
        n_layers=4, n_embd=256, head_dim=64, n_ff=256, n_experts=16, is_tiny_vocab=True
    )
    (path,) = write_model(tmp_path / "model.gguf", Recipe(shape))
    settings = EngineSettings(
        n_ctx=512, n_ubatch=32, n_threads=1, n_gpu_layers=n_gpu_layers, n_cpu_moe=n_cpu_moe
    )
    found = buffers(path, settings)
    assert "llvmpipe" in found["device"]
    assert found["printed"]["Vulkan0 model"] == pytest.approx(found["planned"], abs=0.02)
    assert found["printed"]["Vulkan0 KV"] > 0


def load_guarded(trials: Path, model: Path) -> tuple[ScriptedEngine, str]:
    inner = ScriptedEngine(HELLO)
    loaded = GuardedEngine(inner, trials, "1").load(LoadRequest(model, SETTINGS))
    return inner, str(loaded.notice or "")


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler for a broken driver")
def test_a_driver_that_crashes_is_survived_and_the_processor_is_used(
    gpt_oss: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "driver.c").write_text(BROKEN_DRIVER)
    library = tmp_path / "libbroken.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(tmp_path / "driver.c")]
    subprocess.run(command, check=True)
    manifest = tmp_path / "broken.json"
    icd = {"library_path": str(library), "api_version": "1.3.0"}
    manifest.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": icd}))
    for name in ("VK_ICD_FILENAMES", "VK_DRIVER_FILES"):
        monkeypatch.setenv(name, str(manifest))
    assert list_devices(CancelToken()) is None
    inner, notice = load_guarded(tmp_path / "trials.json", gpt_oss)
    assert inner.load_requests[0].settings.n_gpu_layers == 0
    assert "driver crashed" in notice


def test_a_device_with_wrong_answers_is_not_used_and_not_tried_again(
    gpt_oss: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(WRONG_DEVICE)
    monkeypatch.setenv("PYTHONPATH", f"{start}{os.pathsep}{ROOT}")
    trials = tmp_path / "trials.json"
    inner, notice = load_guarded(trials, gpt_oss)
    assert inner.load_requests[0].settings.n_gpu_layers == 0
    assert "did not pass the self-test" in notice
    assert "llvmpipe" in notice
    before = trials.read_text()
    inner, notice = load_guarded(trials, gpt_oss)
    assert inner.load_requests[0].settings.n_gpu_layers == 0
    assert "did not pass the self-test" in notice
    assert trials.read_text() == before


def test_a_card_that_cannot_take_all_is_given_less_and_that_is_remembered(
    gpt_oss: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(SMALL_CARD)
    monkeypatch.setenv("PYTHONPATH", f"{start}{os.pathsep}{ROOT}")
    trials = tmp_path / "trials.json"
    for _ in range(2):
        inner, notice = load_guarded(trials, gpt_oss)
        settings = inner.load_requests[0].settings
        assert (settings.device, settings.n_gpu_layers, settings.n_cpu_moe) == ("Vulkan0", 3, 2)
        assert notice == ""


def test_a_device_that_passed_is_used(gpt_oss: Path, tmp_path: Path) -> None:
    inner, notice = load_guarded(tmp_path / "trials.json", gpt_oss)
    assert inner.load_requests[0].settings.device == "Vulkan0"
    assert inner.load_requests[0].settings.n_gpu_layers is None
    assert notice == ""
