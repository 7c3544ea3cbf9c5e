"""Sending: seconds from the press until a satellite that needs no flashing listens, with a real Home Assistant.

The satellite is linux-voice-assistant, the models are a published one in many versions.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.measuring.tables import machine, show, versions
from tests.addon.processes import Outside
from tests.e2e.real_house import House, until
from tests.real.core import Core
from tests.real.network import apart
from tests.real.satellite import Satellite

PHRASE, WORD = "hey jarvis", "hey_jarvis"


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench satellites", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(words)
    with apart() as network, tempfile.TemporaryDirectory() as folder:
        core = Core(Path(folder) / "core", network)
        satellite = Satellite(Path(folder) / "satellite", network)
        try:
            satellite.start()
            new, known = asyncio.run(_measure(Path(folder), core, args.rounds))
        finally:
            satellite.close()
            core.stop()
    show(
        "from Send to active, without flashing",
        ("", "median (lowest to highest)", "of"),
        [_row("a model that is published first", new), _row("once it is published and downloaded", known)],
        [
            "From the request until the deployment is done: the satellite has told Home Assistant that it listens.",
            f"{versions('pymicro-wakeword')}; {machine()}",
        ],
    )


async def _measure(folder: Path, core: Core, rounds: int) -> tuple[list[float], list[float]]:
    house = House(folder, core)
    async with house.app("--mdns") as app:
        await house.install(app)
        core.start()
        async with await core.home() as home:
            await home.accept("esphome")
            await house.connect(app, home)
            told = await until(app, "satellites", lambda told: any(s["delivery"] == "external" for s in told))
            for _ in range(rounds):
                job = await app.make(PHRASE, preset="standard")
                await app.until(job, lambda job: job["state"] == "done")
            new, known = [], []
            for version in range(1, rounds + 1):
                asked = {"model": f"{WORD}_v{version}", "satellites": [told[0]["id"]], "replace": True}
                deployment, seconds = await _send(app, "deployments", asked)
                new.append(seconds)
                await _send(app, f"deployments/{deployment['id']}/undo", {})
                known.append((await _send(app, "deployments", asked))[1])
    return new, known


async def _send(app: Outside, path: str, asked: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """Ask for a deployment; return it as it ended well, and how long that took."""
    begun = time.perf_counter()
    made = await app.ask("POST", path, 201, json=asked)
    ended = await until(app, f"deployments/{made['id']}", lambda told: told["ended"])
    assert ended["state"] == "done", ended
    return ended, time.perf_counter() - begun


def _row(what: str, seconds: Sequence[float]) -> tuple[str, str, str]:
    return what, f"{median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})", str(len(seconds))


if __name__ == "__main__":
    main()
