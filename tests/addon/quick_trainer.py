"""Stands in for the trainer's command where a test is about the app alone: answers at once, loads nothing."""

import json
import os
import struct
import sys
import time
import wave
from pathlib import Path
from typing import Any

RATE = 16000
PACKS = [
    {"name": "hiss", "title": "Hiss", "kind": "noise", "licence": "CC0-1.0", "note": "", "size": 1000, "here": False},
    {"name": "slow", "title": "Slow", "kind": "noise", "licence": "CC0-1.0", "note": "", "size": None, "here": False},
    {"name": "gone", "title": "Gone", "kind": "music", "licence": "CC0-1.0", "note": "", "size": None, "here": False},
]

VOICES = [
    {"name": "xx_XX-one-low", "title": "One Low", "kind": "voice", "language": "xx_XX", "speakers": 1, "note": "",
     "licence": "CC0-1.0", "size": 1000, "here": False},
]  # fmt: skip


def say(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Refused(Exception):
    pass


def read(path: str) -> list[int]:
    try:
        with wave.open(path) as file:
            return list(struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes())))
    except (OSError, wave.Error, EOFError, struct.error) as error:
        raise Refused("audio") from error


def write(path: str, samples: list[int]) -> None:
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def curve(count: int) -> dict[str, Any]:
    return {"at_s": 0.0, "probabilities": [0.5] * count, "means": [0.5] * count, "detections": [0.1]}


def answer(method: str, p: dict[str, Any]) -> dict[str, Any]:
    if method == "advise":
        about = {"syllables": 3, "verdict": "good", "advice": [], "suggestions": [], "pronunciations": []}
        near = [
            {"id": r["id"], "phrase": r["phrase"], "distance": 0.0, "message": "same", "said": r["ipa"]}
            for r in p["rivals"]
        ]
        return {"text": p["text"], "language": "en", "id": "x", "collisions": near, **about}
    if method == "pronounce":
        return {
            "text": p["text"],
            "language": "en",
            "pronunciations": [{"ipa": "x", "respelling": "x", "voice": "v"}],
        }
    if method == "voices":
        voice = {"engine": "e", "name": "V", "language": "en", "installed": True, "licence": "CC0", "size_mb": 1.0}
        return {"voices": [{"id": "v", **voice}]}
    if method == "preview":
        if p["voice"] != "v":
            raise Refused("no_voice")
        write(p["path"], [100] * RATE)
        return {"path": p["path"], "seconds": 1.0}
    if method == "inspect":
        samples = read(p["path"])
        about = {"noise_dbfs": -60.0, "snr_db": 30.0, "clipped": False, "speech": [0.1, 0.5], "problems": []}
        return {"seconds": len(samples) / RATE, "peak_dbfs": -6.0, **about}
    if method == "decode":
        samples = read(p["path"])[round((p["begin_s"] or 0) * RATE) : round((p["end_s"] or 1e6) * RATE)]
        write(p["to"], samples)
        return {"seconds": len(samples) / RATE}
    if method == "hear":
        count = len(read(p["path"])) // 480
        return curve(count) | {"step_s": 0.03, "cutoff": 127, "window": 5, "peak": 0.75}
    if method == "listen_open":
        return {"stride": 3, "cutoff": 127, "window": 5, "step_s": 0.03}
    if method == "listen_feed":
        return curve(2)
    if method == "hardware":
        return {
            "cores": 2,
            "memory_mb": 9000,
            "available_mb": 8000,
            "gpu": None,
            "why": "none",
            "versions": {"numpy": "0"},
        }
    return {}


def serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            told: dict[str, Any] = {"id": asked["id"], "result": answer(asked["method"], asked["params"])}
        except Refused as error:
            told = {"id": asked["id"], "error": {"code": str(error), "message": "it is no sound", "hint": ""}}
        say(told)


def fetch(name: str) -> int:
    say({"v": 1, "kind": "progress", "done": 1, "total": 10})
    if name == "gone":
        say({"v": 1, "kind": "failed", "code": "http", "message": "the server said 404", "hint": "Try later."})
        return 8
    if name == "slow":
        time.sleep(60)
    folder = Path(os.environ["WAKESMITH_PACKS"]) / name
    folder.mkdir(parents=True)
    (folder / "a.wav").write_bytes(b"x" * 1000)
    say({"v": 1, "kind": "finished", "model": str(folder)})
    return 0


def flood(seconds: float = 2.0, rate: int = 1000) -> int:
    """Say so many events a second, each with the time at which it was said."""
    say({"v": 1, "kind": "started", "phrase": "flood", "folder": "", "stages": ["training"]})
    time.sleep(0.5)
    began = time.monotonic()
    for step in range(1, round(seconds * rate) + 1):
        time.sleep(max(0.0, began + step / rate - time.monotonic()))
        say({"v": 1, "kind": "metric", "step": step, "values": {"at": time.monotonic()}})
    say({"v": 1, "kind": "failed", "code": "end", "message": "that was all", "hint": ""})
    return 1


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    elif sys.argv[1:3] == ["data", "list"]:
        say(PACKS)
    elif sys.argv[1:3] == ["data", "fetch"]:
        sys.exit(fetch(sys.argv[3]))
    elif sys.argv[1:3] == ["voices", "catalogue"]:
        say(VOICES)
    elif sys.argv[1:3] == ["voices", "fetch"]:
        sys.exit(fetch(sys.argv[3]))
    elif sys.argv[1] == "train":
        wanted = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())["phrase"]["text"]
        sys.exit(flood() if wanted == "flood" else time.sleep(600))
