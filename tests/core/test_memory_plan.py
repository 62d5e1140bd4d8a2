"""What is planned for which machine, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.generation import EngineSettings
from app.core.machine import Device, DeviceKind, Machine
from app.core.memory_plan import MemoryPlan, plan_load, safer
from app.core.plan_words import Verdict
from tests.fixtures.model_cards import GPT_OSS_20B, GPT_OSS_120B

GIB = 1 << 30
AUTOMATIC = EngineSettings()
SMALL = replace(
    GPT_OSS_20B,
    n_ctx_train=4096,
    weights=replace(GPT_OSS_20B.weights, experts=(0,) * 24, layers=(1000,) * 24),
)


def machine(free_gib: float, *devices: Device, total_gib: float = 16) -> Machine:
    total = int(max(total_gib, free_gib) * GIB)
    return Machine(total, int(free_gib * GIB), 8, 8, devices)


def card(gib: float, name: str = "CUDA0", kind: DeviceKind = DeviceKind.GPU) -> Device:
    return Device(name, f"Card of {gib} GB", kind, int(gib * GIB), int(gib * 0.94 * GIB))


def plan(where: Machine, settings: EngineSettings = AUTOMATIC) -> MemoryPlan:
    return plan_load(GPT_OSS_20B, where, settings)


@pytest.mark.parametrize(
    ("free_gib", "n_ctx", "n_ubatch", "verdict"),
    [
        (24, 32768, 512, Verdict.FITS),
        (16, 16384, 512, Verdict.FITS),
        (13, 8192, 512, Verdict.FITS),
        (12.55, 8192, 256, Verdict.FITS),
        (12.5, 4096, 512, Verdict.FITS),
        (12, 4096, 256, Verdict.TIGHT),
        (11, 4096, 256, Verdict.DOES_NOT_FIT),
        (0, 4096, 256, Verdict.DOES_NOT_FIT),
    ],
)
def test_context_and_batch_follow_what_is_free(
    free_gib: float, n_ctx: int, n_ubatch: int, verdict: Verdict
) -> None:
    found = plan(machine(free_gib))
    assert (found.n_ctx, found.n_ubatch, found.verdict) == (n_ctx, n_ubatch, verdict)
    assert (found.n_gpu_layers, found.device, found.use_mmap) == (0, None, True)


def test_the_numbers_of_a_plan_add_up_to_what_was_measured_for_the_20b() -> None:
    found = plan(machine(13))
    assert found.kv_full_bytes == 192 << 20
    assert found.kv_swa_bytes == 18 << 20
    assert found.weights_ram_bytes == 12_096_558_336
    # A file of this shape, loaded so, grew the process by 12,423,335,936 bytes.
    assert found.ram_needed_bytes == pytest.approx(12_423_335_936, rel=0.01)
    assert found.ram_margin_bytes == found.ram_available_bytes - found.ram_needed_bytes


@pytest.mark.parametrize(
    ("gib", "n_cpu_moe"), [(6, range(15, 19)), (8, range(10, 14)), (12, range(1, 5))]
)
def test_experts_stay_in_main_memory_until_the_card_holds_the_rest(
    gib: float, n_cpu_moe: range
) -> None:
    found = plan(machine(13, card(gib)))
    assert found.n_gpu_layers == 25
    assert found.n_cpu_moe in n_cpu_moe
    assert found.vram_margin_bytes > 700 << 20
    assert found.weights_ram_bytes + found.weights_vram_bytes == 12_096_558_336
    assert found.verdict is Verdict.FITS


def test_a_large_card_takes_all_but_the_token_embeddings() -> None:
    found = plan(machine(13, card(24)))
    assert (found.n_cpu_moe, found.use_mmap) == (0, True)
    assert found.weights_ram_bytes == GPT_OSS_20B.weights.token_embedding
    assert found.ram_needed_bytes < GIB


def test_a_card_too_small_for_some_layers_is_left_alone() -> None:
    assert plan(machine(14, card(1))).device is None


def test_a_small_card_takes_some_layers_without_their_experts() -> None:
    found = plan(machine(14, card(2.3)))
    assert 4 <= found.n_gpu_layers < 25
    assert found.n_cpu_moe == 24
    assert 0 < found.weights_vram_bytes < 1 << 30


def test_experts_beside_a_card_are_copied_where_memory_is_plenty() -> None:
    assert not plan(machine(30, card(8))).use_mmap
    assert plan(machine(7, card(8))).use_mmap


def test_a_longer_context_does_not_push_experts_off_the_card() -> None:
    assert plan(machine(30, card(8))).n_ctx == 8192
    assert plan(machine(30, card(24))).n_ctx == 32768


def test_integrated_devices_are_used_only_when_they_are_named() -> None:
    shared = card(12, "Vulkan0", DeviceKind.INTEGRATED_GPU)
    where = machine(14, shared)
    assert plan(where).device is None
    named = plan(where, EngineSettings(device="Vulkan0"))
    assert named.device == shared
    assert named.ram_needed_bytes > named.vram_needed_bytes > 0


def test_the_card_with_the_most_free_memory_is_chosen() -> None:
    found = plan(machine(14, card(6), card(12, "CUDA1")))
    assert found.device is not None
    assert found.device.name == "CUDA1"


def test_a_device_that_is_gone_means_the_processor() -> None:
    assert plan(machine(14, card(12)), EngineSettings(device="CUDA7")).n_gpu_layers == 0


def test_no_layers_on_the_card_means_the_processor() -> None:
    found = plan(machine(14, card(24)), EngineSettings(n_gpu_layers=0))
    assert (found.device, found.device_name) == (None, "CPU")


def test_what_the_person_has_set_is_kept_even_when_it_does_not_fit() -> None:
    settings = EngineSettings(
        n_ctx=65536, n_ubatch=1024, n_gpu_layers=999, n_cpu_moe=3, use_mmap=False
    )
    found = plan(machine(13, card(6)), settings)
    assert (found.n_ctx, found.n_ubatch) == (65536, 1024)
    assert (found.n_gpu_layers, found.n_cpu_moe, found.use_mmap) == (25, 3, False)
    assert found.verdict is Verdict.DOES_NOT_FIT
    assert "Card of 6 GB" in str(found.sentence)
    assert "automatic" in str(found.advice)


def test_a_context_is_no_longer_than_the_model_was_trained_for() -> None:
    found = plan_load(SMALL, machine(30), EngineSettings(n_ctx=32768))
    assert found.n_ctx == 4096


def test_a_model_on_a_drive_that_can_go_away_is_not_mapped() -> None:
    away = replace(GPT_OSS_20B, is_local=False)
    assert not plan_load(away, machine(16)).use_mmap
    assert plan_load(away, machine(11.4)).use_mmap  # else it could not be loaded at all


def test_the_verdict_names_both_numbers_and_they_never_look_equal_when_one_is_too_small() -> (
    None
):
    found = plan(machine(11.4))
    assert found.verdict is Verdict.DOES_NOT_FIT
    assert "needs 12.3 GB" in str(found.sentence)
    assert "12.2 GB are free" in str(found.sentence)
    assert str(found.advice) == "Close other programs that use about 1.2 GB."


def test_a_shorter_context_is_advised_when_it_would_fit() -> None:
    found = plan(machine(13), EngineSettings(n_ctx=65536))
    assert str(found.advice) == "Choose a context of 16384 tokens: then it fits."


def test_a_model_that_no_closing_of_programs_helps_needs_another_computer() -> None:
    found = plan_load(GPT_OSS_120B, machine(14), AUTOMATIC)
    assert found.verdict is Verdict.DOES_NOT_FIT
    assert "for computers with 64 GB" in str(found.advice)


def test_advice_is_given_only_when_there_is_something_to_improve() -> None:
    assert plan(machine(13)).advice is None
    assert plan(machine(12)).advice is not None


def test_each_step_after_a_failed_load_is_safer_and_they_end() -> None:
    where = machine(16, card(8))
    settings = AUTOMATIC
    steps = []
    found = plan(where, settings)
    while (following := safer(settings, found, GPT_OSS_20B)) is not None:
        settings = following
        found = plan(where, settings)
        steps.append((found.n_gpu_layers, found.n_cpu_moe, found.n_ubatch, found.n_ctx))
        assert len(steps) < 20
    assert [s[1] for s in steps if s[0]] == [16, 20, 24]
    assert steps[3] == (0, 0, 512, 8192)
    assert steps[-1] == (0, 0, 128, 2048)


def test_repacked_weights_are_the_first_thing_to_go() -> None:
    settings = EngineSettings(use_extra_bufts=True)
    found = plan(machine(30), settings)
    assert found.use_extra_bufts
    following = safer(settings, found, GPT_OSS_20B)
    assert following is not None
    assert not following.use_extra_bufts
    assert following.n_ubatch == found.n_ubatch


WITHOUT_FLASH_ATTENTION = EngineSettings(n_ctx=8192, flash_attention=False)


def test_flash_attention_is_left_out_only_where_that_fits() -> None:
    roomy, small = machine(20), machine(13)
    found = plan(roomy, WITHOUT_FLASH_ATTENTION)
    assert not found.flash_attention
    assert found.compute_buffer_bytes > plan(roomy).compute_buffer_bytes + GIB
    assert plan(small, WITHOUT_FLASH_ATTENTION) == plan(small, EngineSettings(n_ctx=8192))


def test_leaving_out_flash_attention_never_shortens_the_context() -> None:
    for gib in range(10, 40):
        where = machine(gib)
        found = plan(where, EngineSettings(flash_attention=False))
        assert (found.n_ctx, found.n_ubatch) == (plan(where).n_ctx, plan(where).n_ubatch)


def test_a_card_decides_by_itself_about_flash_attention() -> None:
    assert plan(machine(30, card(24)), WITHOUT_FLASH_ATTENTION).flash_attention


def test_after_a_failed_load_flash_attention_comes_back_first() -> None:
    found = plan(machine(30), WITHOUT_FLASH_ATTENTION)
    following = safer(WITHOUT_FLASH_ATTENTION, found, GPT_OSS_20B)
    assert following is not None
    assert (following.flash_attention, following.n_ubatch) == (None, found.n_ubatch)
