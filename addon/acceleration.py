"""The graphics card's packages: what they are, where they lie, and whether this machine has a use for them.

The image holds TensorFlow for the processor. What `gpu.lock` names beyond `cpu.lock` is installed into the data
folder, when the user asks for it, and stands before the image's packages on the path of the trainer's programs.
"""

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer import events

GPU = "gpu"  # its name among what can be downloaded, and its folder's
LOCKS = Path(events.__file__).resolve().parents[1] / "requirements"
# Measured with today's locks on Python 3.11, rounded up.
DOWNLOAD_MB = 3600
DISK_MB = 7000
_NODES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")
_LICENCE = "Apache-2.0, MIT; NVIDIA's own for its libraries (proprietary)"
_NOTE = f"TensorFlow for CUDA and CuPy; {DISK_MB / 1000:g} GB on disk. Trainings then use the card."


def has_gpu(env: Mapping[str, str] = os.environ) -> bool:
    """Say whether this machine shows an NVIDIA GPU: by its device nodes, or by the driver's program."""
    if env.get("NVIDIA_VISIBLE_DEVICES", "all") in ("none", "void"):
        return False
    return any(Path(path).exists() for path in _NODES) or shutil.which("nvidia-smi") is not None


def can_accelerate(locks: Path | None = None) -> bool:
    """Say whether installing the packages would help: a GPU is seen, they exist for it and are not here anyway."""
    if platform.machine() != "x86_64" or not ((locks or LOCKS) / "gpu.lock").is_file():
        return False
    return has_gpu() and importlib.util.find_spec("cupy") is None


def wanted(locks: Path | None = None) -> tuple[str, ...]:
    """Return the requirements that only the GPU has, each with its hashes on one line."""
    folder = locks or LOCKS
    held = set(_entries(folder / "cpu.lock"))
    return tuple(entry for entry in _entries(folder / "gpu.lock") if entry not in held)


def home(data: Path, locks: Path | None = None) -> Path:
    """Return the folder of the packages that belong to these locks and this Python; it exists when they are whole."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    key = hashlib.sha256("\n".join((python, *wanted(locks))).encode()).hexdigest()[:12]
    return data / GPU / key


def packages(folder: Path) -> Path:
    """Return where Python finds what was installed into such a folder."""
    return folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def describe(data: Path, locks: Path | None = None) -> dict[str, Any]:
    """Return the packages as a row among the data sets."""
    return {
        "name": GPU,
        "title": "NVIDIA graphics card",
        "kind": GPU,
        "licence": _LICENCE,
        "note": _NOTE,
        "size": DOWNLOAD_MB * 1e6,
        "here": home(data, locks).is_dir(),
    }


def remove(data: Path) -> None:
    """Remove the packages; trainings then use the processor. Blocks."""
    shutil.rmtree(data / GPU, ignore_errors=True)


def remove_outdated(data: Path, locks: Path | None = None) -> None:
    """Remove packages of other locks or another Python, as an update of the app leaves them. Blocks."""
    found = list((data / GPU).glob("*"))
    if not found or not ((locks or LOCKS) / "gpu.lock").is_file():
        return
    current = home(data, locks).name
    for path in found:
        if path.name.removesuffix(".partial") != current:
            shutil.rmtree(path, ignore_errors=True)


def _entries(lock: Path) -> list[str]:
    plain = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [" ".join(line.split()) for line in plain.replace("\\\n", " ").splitlines() if line.strip()]
