"""What the panel's tests share: a real service with a real model, and a browser whose microphone plays a file."""

import asyncio
import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("PANEL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


def make_report(cutoff: int = 216, name: str = "hey_panel") -> dict[str, Any]:
    """Return a report as the evaluation writes it, with every part that the panel shows."""
    share = {"hits": 94, "total": 100, "value": 0.94, "low": 0.87, "high": 0.98}
    hourly = {"count": 0, "hours": 6.0, "value": 0.0, "low": 0.0, "high": 0.6, "bound": 0.5}
    names = ("clean", "noise_10db", "noise_0db", "level_-20db", "rooms")
    return {
        "version": 1,
        "model": {"name": f"{name}_v1.tflite", "phrase": name.replace("_", " "), "cutoff": cutoff, "window": 5},
        "conditions": [{"name": name, "recall": share} for name in names],
        "groups": [{"name": f"voice {n}", "recall": share} for n in range(12)],
        "sources": [{"name": "speech", "files": 3, "rate": hourly}],
        "near_misses": share,
        "false_accepts": hourly,
        "curve": [
            {"cutoff": c, "recall": {**share, "value": 1 - c / 512}, "false_accepts": {**hourly, "bound": 60 / c}}
            for c in range(1, 256, 8)
        ],
        "scores": {name: [1 + n for n in range(32)] for name in ("positives", "near_misses", "negatives")},
        "latency": {"estimated": False, "median_ms": 95, "p95_ms": 224, "values_ms": list(range(-80, 260, 20))},
        "cautions": [
            {"code": "few_clips", "message": "Only 100 recordings of the phrase were measured.", "values": {"n": 100}}
        ],
        "calibration": {
            "window": 5,
            "sensitivities": [
                {"name": name, "cutoff": at, "probability_cutoff": at / 255, "recall": share, "near_misses": share,
                 "false_accepts": hourly, "target": 0.5, "held": True, "proven": False}
                for name, at in (("low", 250), ("medium", cutoff), ("high", 180))
            ],
        },
        "history": [],
        "provenance": {},
    }  # fmt: skip


def make_model(folder: Path, tflite: bytes, name: str = "hey_panel", cutoff: float = 0.85) -> Path:
    """Write a model's folder as a run's `result/`; its phrase is its name in words."""
    folder.mkdir()
    (folder / f"{name}_v1.tflite").write_bytes(tflite)
    manifest = {
        "type": "micro", "wake_word": name.replace("_", " "), "author": "test", "website": "https://example.com",
        "model": f"{name}_v1.tflite",
        "trained_languages": ["en"], "version": 2,
        "micro": {"probability_cutoff": cutoff, "feature_step_size": 10, "sliding_window_size": 5,
                  "tensor_arena_size": 30000, "minimum_esphome_version": "2024.7.0"},
    }  # fmt: skip
    (folder / f"{name}_v1.json").write_text(json.dumps(manifest))
    (folder / "report.json").write_text(json.dumps(make_report(int(cutoff * 255), name)))
    (folder / "report.html").write_text("<!doctype html><title>report</title>")
    return folder


async def _keep(data: Path, result: Path) -> None:
    from addon.bus import Bus
    from addon.library.models import ModelLibrary
    from addon.records import Job, JobRequest, JobState
    from addon.store import NAME, Store

    (data / "models").mkdir(parents=True)
    async with await Store.open(data / NAME) as store:
        job = Job("seed", JobRequest("hey panel"), JobState.DONE, "2026-01-01T00:00:00Z")
        await ModelLibrary(store, Bus(), data).adopt(job, result)


def keep_model(data: Path, result: Path) -> None:
    """Put a model into the library of a data folder whose app does not run."""
    with ThreadPoolExecutor() as pool:  # Playwright has a loop of its own in this thread
        pool.submit(asyncio.run, _keep(data, result)).result()


@contextmanager
def serve(data: Path) -> Iterator[str]:
    """Run the service on a free port; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data.mkdir(exist_ok=True)
    with (data.parent / f"{data.name}.log").open("wb") as log:
        command = [
            sys.executable,
            "-m",
            "addon",
            "--data",
            str(data),
            "--port",
            str(port),
            "--link-port",
            "0",
            "--no-mdns",
        ]
        env = {name: value for name, value in os.environ.items() if not name.startswith("WAKESMITH_")}  # its options
        child = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=env)
        try:
            address = f"http://127.0.0.1:{port}/"
            _wait(f"{address}api/health", child)
            yield address
        finally:
            child.terminate()
            child.wait(30)


def _wait(address: str, child: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert child.poll() is None, "the service ended"
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the service does not answer")


def make_tone(path: Path, seconds: float = 4.0) -> Path:
    """Write a WAV that the browser plays as its microphone: a syllable-like tone, over and over."""
    import wave

    rate = 48_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(
            b"".join(
                round(9000 * math.sin(2 * math.pi * 220 * n / rate) * (n // 12_000 % 2)).to_bytes(
                    2, "little", signed=True
                )
                for n in range(int(rate * seconds))
            )
        )
    return path
