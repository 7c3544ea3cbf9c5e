"""A child in the trainer's place that says metrics at a steady rate, each with the time at which it was said.

The app calls it as the trainer, `flood.py train ... --config FILE`; the rate and the seconds are settings of the job.
"""

import json
import sys
import time
from pathlib import Path

from trainer.events import Event, Metric, Stage, StageState, Started, encode


def main() -> int:
    """Say them."""
    choices = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text(encoding="utf-8"))["training"]
    rate, seconds = choices["steps"]
    say(Started("flood", "", ("training",)))
    say(Stage("training", StageState.RUNNING))
    time.sleep(1.0)
    began = time.monotonic()
    for step in range(1, rate * seconds + 1):
        time.sleep(max(0.0, began + step / rate - time.monotonic()))
        say(Metric(step, {"at": time.monotonic()}))
    return 1


def say(event: Event) -> None:
    """Write a line at once."""
    sys.stdout.write(encode(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
