"""The whole app as `python -m addon` starts it, around a trainer that trains small.

small_app.py [--supervisor URL] [options of the app]
"""

import sys
from pathlib import Path

from addon import service
from addon.homeassistant.supervisor import Supervisor
from tests.addon.supervisor_double import TOKEN


def trainer_command() -> tuple[str, ...]:
    return (sys.executable, str(Path(__file__).with_name("small_trainer.py")))


if __name__ == "__main__":
    service.trainer_command = trainer_command
    words = sys.argv[1:]
    if words[:1] == ["--supervisor"]:
        supervisor = Supervisor(TOKEN, words[1])
        service.find_supervisor = lambda: supervisor
        words = words[2:]
    sys.exit(service.main(words))
