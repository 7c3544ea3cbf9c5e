"""The app: time to the panel's first byte, memory, event latency to two browsers, and what its answers take.

All is asked over HTTP and WebSockets of `python -m addon` on loopback; the helper process is the real trainer's.
"""

import argparse
import asyncio
import io
import json
import random
import tempfile
import time
import wave
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from addon.bus import Bus
from addon.library.models import ModelLibrary
from addon.records import Job, JobRequest, JobState
from addon.store import NAME, Store
from bench.measuring.app import App, run_app
from bench.measuring.tables import machine, show, versions

FLOOD = Path(__file__).parent / "measuring" / "flood.py"
PIECE = 2560  # bytes of int16 at 16 kHz: 80 ms
PIECE_MS = 80
RATE = 1000  # events a second
Row = tuple[str, str, str]


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench service", description=__doc__)
    parser.add_argument("--model", type=Path, metavar="DIR", help="a training's result/; default: without live test")
    parser.add_argument("--rounds", type=int, default=10, help="questions of a kind")
    parser.add_argument("--starts", type=int, default=5, help="starts of the app")
    parser.add_argument("--seconds", type=int, default=10, help=f"of {RATE} events a second")
    parser.add_argument("--train", type=int, default=0, metavar="SECONDS", help="of a real training, for its memory")
    args = parser.parse_args(words)
    rows = asyncio.run(_measure(args))
    show(
        "The app",
        ("", "median (lowest to highest)", "of"),
        rows,
        [
            "First byte: from the start of the process to the first byte of the page, its folder new or used before.",
            f"Latency: from the trainer's write to the browser's receipt of a metric, {RATE} a second, two browsers.",
            "Memory is RSS of the app's own process. First answers load libraries and voices, or start the helper.",
            f"{versions('aiohttp', 'aiosqlite', 'pydantic')}; {machine()}",
        ],
    )


async def _measure(args: argparse.Namespace) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if args.model:
            await _adopt(data, args.model)
        rows = await _starts(data, args.starts)
        rows += await _flood(Path(folder) / "flood", args.seconds)
        async with run_app(data) as app:
            rows += await _answers(app, args.rounds)
            if args.model:
                rows += await _hearing(app, args.rounds)
            if args.train:
                rows += await _training(app, args.train)
        return rows


async def _adopt(data: Path, result: Path) -> None:
    async with await Store.open(data / NAME) as store:
        job = Job("bench", JobRequest("bench"), JobState.DONE, "2026-01-01T00:00:00Z")
        await ModelLibrary(store, Bus(), data).adopt(job, result)


async def _starts(data: Path, count: int) -> list[Row]:
    first, held, used = [], [], []
    for _ in range(count):
        async with run_app(data) as app:
            first.append(1e3 * app.first_byte_s)
            used.append(1e3 * app.processor_s())
            await app.ask("GET", "jobs")
            await asyncio.sleep(1.0)
            held.append(app.memory_mb())
    return [
        _row("first byte of the panel, ms", first),
        _row("processor time until then, ms", used),
        _row("memory when idle, MB", held),
    ]


async def _flood(data: Path, seconds: int) -> list[Row]:
    """Let a child say metrics, and look when they come."""
    async with run_app(data, FLOOD) as app:
        sockets = [await app.browser.ws_connect(f"{app.address}/api/v1/events") for _ in range(2)]
        readers = [asyncio.create_task(_late(socket)) for socket in sockets]
        settings = {"training.steps": [RATE, seconds]}
        await app.ask("POST", "jobs", json={"phrase": "flood", "settings": settings})
        held, used = [], app.processor_s()
        while not all(reader.done() for reader in readers):
            await asyncio.sleep(0.5)
            held.append(app.memory_mb())
        used = 1e6 * (app.processor_s() - used) / (RATE * seconds)
        late = sorted(value for reader in readers for value in reader.result())
    highest = f"; 99 % below {late[len(late) * 99 // 100]:.1f}" if late else ""
    label, figures, of = _row("event latency, ms", late)
    return [
        (label, figures + highest, f"{of} of {2 * RATE * seconds}"),
        ("processor time of an event, µs", f"{used:.0f}", f"{RATE * seconds:,}"),
        _row("memory meanwhile, MB", held),
    ]


async def _late(socket: Any) -> list[float]:
    late = []
    async for message in socket:
        told = json.loads(message.data)
        if told["type"] == "event" and told["event"]["kind"] == "metric":
            late.append(1e3 * (time.monotonic() - told["event"]["values"]["at"]))
        elif told["type"] == "job" and told["job"]["ended"]:
            break
    return late


async def _answers(app: App, rounds: int) -> list[Row]:
    voices = await app.ask("GET", "voices")
    voice = next((v["id"] for v in voices if v["installed"] and v["engine"] == "piper"), "")
    texts = [
        f"hey {word}" for word in ("jarvis", "marvin", "computer", "robin", "oscar", "athena", "willow", "pixel")
    ]

    async def advise(round: int) -> None:
        await app.ask("POST", "phrases/advise", json={"text": f"{texts[round % len(texts)]} {'la' * (round // 8)}"})

    async def preview(round: int) -> None:
        text = f"{texts[round % len(texts)]} number {round}"  # another each time: the same one is only read
        await app.ask("POST", "phrases/preview", json={"text": text, "language": "en", "voice": voice})

    async def preflight(_round: int) -> None:
        await app.ask("POST", "jobs/preflight", json={"phrase": "hey jarvis"})

    rows = [*await _time("advise", advise, rounds), *await _time("preflight", preflight, rounds)]
    return rows + (await _time(f"preview ({voice})", preview, rounds) if voice else [])


async def _hearing(app: App, rounds: int) -> list[Row]:
    (model,) = await app.ask("GET", "models")
    sound = _noise(2.0)

    async def verify(_round: int) -> None:
        await app.ask("POST", "verify", data=sound)

    rows = await _time("verify 2 s of sound", verify, rounds)
    ready, pieces = [], []
    for _ in range(min(rounds, 5)):
        began = time.perf_counter()
        async with app.browser.ws_connect(f"{app.address}/api/v1/listen?model={model['id']}") as socket:
            await socket.receive_json()
            ready.append(1e3 * (time.perf_counter() - began))
            for _ in range(50):
                began = time.perf_counter()
                await socket.send_bytes(bytes(PIECE))
                await socket.receive_json()
                pieces.append(1e3 * (time.perf_counter() - began))
    return [
        *rows,
        _row("live test: until it listens, ms", ready),
        _row(f"live test: a piece of {PIECE_MS} ms, there and back, ms", pieces),
    ]


async def _training(app: App, seconds: int) -> list[Row]:
    job = await app.ask("POST", "jobs", json={"phrase": "hey jarvis", "preset": "quick"})
    own, children = [], []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(1.0)
        own.append(app.memory_mb())
        children.append(app.children_mb())
    stage = (await app.ask("GET", f"jobs/{job['id']}"))["stage"]
    await app.ask("POST", f"jobs/{job['id']}/cancel")
    return [
        _row(f"memory while training (up to {stage}), MB", own),
        _row("memory of its children then, helper included, MB", children),
    ]


async def _time(name: str, ask: Callable[[int], Awaitable[None]], rounds: int) -> list[Row]:
    """Return a row for the first answer and one for the others."""
    took = []
    for round in range(rounds + 1):
        began = time.perf_counter()
        await ask(round)
        took.append(1e3 * (time.perf_counter() - began))
    return [(f"{name}: the first, ms", f"{took[0]:,.0f}", "1"), _row(f"{name}: others, ms", took[1:])]


def _row(name: str, values: Sequence[float]) -> Row:
    if not values:
        return (name, "none", "0")
    digits = 1 if max(values) < 1000 else 0
    low, middle, high = (f"{v:,.{digits}f}" for v in (min(values), median(values), max(values)))
    return (name, f"{middle} ({low} to {high})", str(len(values)))


def _noise(seconds: float) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(random.Random(1).randbytes(2 * round(16000 * seconds)))
    return buffer.getvalue()


if __name__ == "__main__":
    main()
