"""The whole app as `python -m addon` starts it, around the scripted trainer: whole_app.py [options of the app]."""

import sys
from pathlib import Path

from addon import service

HERE = Path(__file__).parent


def trainer_command() -> tuple[str, ...]:
    return (sys.executable, str(HERE / "either_trainer.py"))


if __name__ == "__main__":
    service.trainer_command = trainer_command
    sys.exit(service.main())
