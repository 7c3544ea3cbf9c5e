"""How the trainer's programs are started: the command, and an environment without the app's secrets."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from addon import acceleration
from trainer import events

_SECRET = ("TOKEN", "PASSWORD", "SECRET")


def trainer_command() -> tuple[str, ...]:
    """Return the command that stands before `train`, `serve` and `data`: the trainer beside this program."""
    return (sys.executable, "-m", "trainer.cli")


def child_environment(data: Path | None = None, env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the trainer's programs.

    Args:
        data: the data folder; public data sets lie in `datasets/`, the graphics card's packages in `gpu/`.
        env: the app's own; by default the process's.
    """
    own = os.environ if env is None else env
    kept = {key: value for key, value in own.items() if not any(word in key.upper() for word in _SECRET)}
    root = str(Path(events.__file__).resolve().parents[1])
    paths = [root, own.get("PYTHONPATH", "")]
    if data is not None and acceleration.can_accelerate():
        paths.insert(0, str(acceleration.packages(acceleration.home(data.absolute()))))  # perhaps not there yet
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    if data is not None:
        kept["WAKESMITH_PACKS"] = str((data / "datasets").absolute())
    kept["PYTHONUNBUFFERED"] = "1"
    return kept
