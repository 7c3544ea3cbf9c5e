"""MQTT: how many messages a training says to a real broker, and how many in its fullest second.

The training is real and as small as it can be; it speaks its phrase with Piper and trains a few steps.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.measuring.tables import machine, show, versions
from tests.addon.mqtt_world import Heard, Other
from tests.addon.processes import outside
from tests.e2e.real_house import SMALL
from tests.real.broker import Broker

_AFTER_S = 3.0  # what is said when all is over


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench messages", description=__doc__)
    parser.add_argument("--phrase", default="hey jarvis")
    args = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder))
        try:
            broker.start()
            heard, events, seconds = asyncio.run(_measure(Path(folder) / "data", broker, args.phrase))
        finally:
            broker.stop()
    fullest = max(sum(one.at <= other.at < one.at + 1 for other in heard) for one in heard)
    rows = [
        ("in all", str(len(heard))),
        *((topic, str(count)) for topic, count in Counter(_kind(one.topic) for one in heard).most_common()),
        ("a second, on average", f"{len(heard) / seconds:.2f}"),
        ("in the fullest second, whenever it begins", str(fullest)),
        ("events that the trainer said meanwhile", str(events)),
    ]
    show(
        f"MQTT messages of a training of {seconds:.0f} s",
        ("messages", "count"),
        rows,
        [f"{versions('paho-mqtt')}; {machine()}"],
    )


async def _measure(data: Path, broker: Broker, phrase: str) -> tuple[list[Heard], int, float]:
    """Return what another client heard from the training's start on, the trainer's events, and the seconds."""
    about = ("--mqtt-host", broker.host, "--mqtt-port", str(broker.port), "--mqtt-user", broker.user)
    async with outside(data, SMALL, *about, "--mqtt-password", broker.password) as app:
        other = Other(broker.port, broker.user, broker.password)
        while not other.on("/training"):
            await asyncio.sleep(0.1)
        before = len(other.heard)
        job = await app.make(phrase, preset="quick")
        done = await app.until(job, lambda told: told["ended"], 1800)
        assert done["state"] == "done", done
        await asyncio.sleep(_AFTER_S)
        other.close()
        heard = other.heard[before:]
        events = (data / "jobs" / job / "events.jsonl").read_text().count("\n")
        return heard, events, heard[-1].at - heard[0].at


def _kind(topic: str) -> str:
    return "discovery" if topic.startswith("homeassistant/") else topic.split("/", 2)[-1]


if __name__ == "__main__":
    main()
