"""What this machine has, as `wakesmith doctor` finds it."""

import shutil
import subprocess
from typing import Any

from trainer import __version__
from trainer.cli.answers.params import Params
from trainer.cli.doctor import installed_packages
from trainer.core.memory import find_memory
from trainer.core.workers import usable_cores

_ASK = ("--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
_PATIENCE_S = 5.0


def hardware(_params: Params) -> dict[str, Any]:
    """Answer `hardware`: `gpu` is a GPU that training can use, and `why` says why there is none."""
    packages = installed_packages()
    gpu, why = _find_gpu()
    memory = find_memory()
    if gpu is not None and "tensorflow-cpu" in packages and "tensorflow" not in packages:
        why = f"{gpu['name']} is here, but its packages are not: TensorFlow is the build for processors"
        gpu = None
    return {
        "cores": usable_cores(),
        "memory_mb": round(memory.total / 1e6),
        "available_mb": round(memory.available / 1e6),
        "gpu": gpu,
        "why": why,
        "versions": {"wakesmith": __version__, **packages},
    }


def _find_gpu() -> tuple[dict[str, Any] | None, str]:
    """Return the first GPU that the driver names, or None and why."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None, "no NVIDIA driver is found"
    try:
        asked = subprocess.run([program, *_ASK], capture_output=True, text=True, timeout=_PATIENCE_S, check=True)
        name, _, memory = asked.stdout.splitlines()[0].rpartition(",")
        return {"name": name.strip(), "memory_mb": round(float(memory))}, ""
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        return None, f"the NVIDIA driver does not answer: {error}"
