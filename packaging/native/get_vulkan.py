"""Vulkan headers and glslc that are new enough for llama.cpp, in a private folder.

    python packaging/native/get_vulkan.py [--print]

Debian 12's headers (1.3.239) lack VK_EXT_layer_settings, and its glslc knows no cooperative
matrices, which modern graphics cards are fast with. Debian 13 has both. Its packages are
fetched by apt with a state of its own, from the mirror this system already uses, and are
unpacked beside the build cache: nothing is installed. Its glslc runs with Debian 13's own libc.
Elsewhere VULKAN_SDK, as the Vulkan SDK sets it, is used as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MINIMUM_HEADERS = 250  # of Vulkan 1.3: VK_EXT_layer_settings came after 239
SUITE = "trixie"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Debian 13's packages: the headers, the compiler, and what that compiler is linked to.
PACKAGES = (
    "libvulkan-dev",
    "libvulkan1",
    "spirv-headers",
    "glslc",
    "libc6",
    "libgcc-s1",
    "libstdc++6",
)
WRAPPER = """\
#!/bin/sh
# Debian 13's glslc with Debian 13's libraries, whatever this system has.
here=$(dirname "$(readlink -f "$0")")/..
exec "$here/root/usr/lib64/ld-linux-x86-64.so.2" \\
    --library-path "$here/root/usr/lib/x86_64-linux-gnu" "$here/root/usr/bin/glslc" "$@"
"""


class VulkanError(Exception):
    """The tools for the Vulkan backend cannot be had; says what to do."""


@dataclass(frozen=True, slots=True)
class VulkanTools:
    """What CMake must be told."""

    include_dir: Path
    library: Path  # the loader's library to link with
    glslc: Path
    prefix: Path  # for find_package(SPIRV-Headers)


def vulkan_tools(cache: Path) -> VulkanTools | None:
    """The tools in `cache`, fetched when missing; None where CMake finds a Vulkan SDK itself.

    Raises:
        VulkanError: neither an SDK nor Debian's packages are within reach.
    """
    if os.environ.get("VULKAN_SDK"):
        return None
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise VulkanError(
            "The Vulkan backend needs the Vulkan SDK. Install it, set VULKAN_SDK as its "
            "instructions say, and repeat the command; or build with --backends cpu-all."
        )
    home = cache / f"vulkan-{SUITE}"
    tools = _tools(home / "root", home / "bin" / "glslc")
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        _fetch(home)
        _check(tools)
        (home / "complete").touch()
    return tools


def _tools(root: Path, glslc: Path) -> VulkanTools:
    library = root / "usr/lib/x86_64-linux-gnu/libvulkan.so.1"
    return VulkanTools(root / "usr/include", library, glslc, root / "usr")


def _fetch(home: Path) -> None:
    root, downloads, binaries = home / "root", home / "downloads", home / "bin"
    for folder in (root, downloads, binaries):
        folder.mkdir(parents=True)
    apt = _private_apt(home / "apt")
    _run([*apt, "update"], home)
    _run([*apt, "download", *_with_shaderc(apt)], downloads)
    for package in sorted(downloads.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(root)], home)
    shutil.rmtree(downloads)
    wrapper = binaries / "glslc"
    wrapper.write_text(WRAPPER, encoding="utf-8")
    wrapper.chmod(0o755)


def _private_apt(state: Path) -> list[str]:
    """apt-get with sources, lists and cache of its own."""
    for name in ("lists/partial", "cache/archives/partial", "etc"):
        (state / name).mkdir(parents=True)
    sources = state / "etc/sources.list"
    sources.write_text(
        f"deb [signed-by={KEYRING}] {debian_mirror()} {SUITE} main\n", encoding="utf-8"
    )
    (state / "status").touch()
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "root",
        "APT::Architecture": "amd64",
    }
    return ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]


def debian_mirror() -> str:
    """Address of the Debian mirror that this system's apt uses."""
    lists = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    for path in lists:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        found = re.search(r"^(?:URIs:|deb(?: \[.*?\])?)\s+(\S+/debian/?)(?:\s|$)", text, re.M)
        if found:
            return found[1]
    raise VulkanError(
        "This system's apt has no Debian mirror to take Debian 13's Vulkan tools from. Install "
        "the Vulkan SDK and set VULKAN_SDK, or build with --backends cpu-all."
    )


def _with_shaderc(apt: list[str]) -> list[str]:
    """PACKAGES and the shader libraries that Debian's glslc names as its dependencies."""
    cache = ["apt-cache", *apt[2:]]
    text = subprocess.run(
        [*cache, "depends", "glslc"], capture_output=True, text=True, check=False
    )
    needed = re.findall(r"Depends: (\S+)", text.stdout)
    return [*PACKAGES, *(name for name in needed if name not in PACKAGES)]


def _check(tools: VulkanTools) -> None:
    header = tools.include_dir / "vulkan/vulkan_core.h"
    found = re.search(r"#define VK_HEADER_VERSION (\d+)", header.read_text(encoding="utf-8"))
    if not found or int(found[1]) < MINIMUM_HEADERS:
        raise VulkanError("The Vulkan headers that apt gave are too old for llama.cpp.")
    result = subprocess.run([tools.glslc, "--version"], capture_output=True, check=False)
    if result.returncode != 0:
        words = result.stderr.decode(errors="replace")
        raise VulkanError(f"The glslc that apt gave does not start: {words}")


def _run(command: list[str], folder: Path) -> None:
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise VulkanError(
            f"{result.stderr}\n{' '.join(command[:1])} could not fetch the tools."
        )


def main() -> int:
    """Fetch, and say where the tools are."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lumbre-build"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        print(vulkan_tools(cache) or "VULKAN_SDK is used.")
    except VulkanError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
