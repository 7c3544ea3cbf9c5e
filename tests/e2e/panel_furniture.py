"""A data folder in which the panel has everything to show: models, trainings in every state, recordings."""

import asyncio
import json
import math
import random
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from addon.bus import Bus
from addon.library.models import ModelLibrary
from addon.records import Job, JobRequest, JobState, Profile, Sample, SampleLabel, SampleState
from addon.store import NAME, Store

STAGES = ("phrase", "samples", "features", "training", "model", "evaluation")
LEARNT = STAGES.index("training")
SENT_TO = ("aabbccddee02",)  # see panel_fleet.py
FAILED = {"code": "disk_full", "message": "There is no space left on the disk.", "hint": "Free 2 GB, then resume."}


def furnish(data: Path, results: list[Path]) -> None:
    """Fill a data folder whose app does not run; each result becomes a version of `hey panel`."""
    with ThreadPoolExecutor() as pool:  # Playwright has a loop of its own in this thread
        pool.submit(asyncio.run, _furnish(data, results)).result()


async def _furnish(data: Path, results: list[Path]) -> None:
    (data / "models").mkdir(parents=True)
    async with await Store.open(data / NAME) as store:
        library = ModelLibrary(store, Bus(), data)
        done = Job("done", JobRequest("hey panel", satellites=SENT_TO), JobState.DONE, "2026-01-02T10:00:00Z")
        for n, result in enumerate(results):
            done = replace(
                done, id="done" if n + 1 == len(results) else f"done{n}", model=None, ended="2026-01-02T11:00:00Z"
            )
            done = replace(done, model=(await library.adopt(done, result)).id)
        await store.models.put(replace((await library.all())[0], notes="Kitchen; hears the children, too"))
        stopped = Job(
            "stopped",
            JobRequest("computer lights on", satellites=SENT_TO),
            JobState.INTERRUPTED,
            "2026-01-03T10:00:00Z",
        )
        failed = Job("failed", JobRequest("hello old friend"), JobState.FAILED, "2026-01-01T10:00:00Z", **FAILED)
        await store.jobs.put(done, replace(stopped, stage="training", done=400, total=1000), failed)
        for job, upto in ((done, len(STAGES)), (stopped, LEARNT), (failed, 2)):
            _write_run(data / "jobs" / job.id, job, upto)
        await store.profiles.put(Profile("children", JobRequest("children", preset="thorough")))
        await store.samples.put(*_record(data / "samples"))


def _write_run(folder: Path, job: Job, upto: int) -> None:
    """Write what a run leaves behind, its first `upto` stages done and the next one begun."""
    lines: list[dict[str, Any]] = [
        {"kind": "started", "phrase": job.request.phrase, "folder": str(folder), "stages": STAGES},
        {"kind": "warning", "code": "spoken_as", "message": f"{job.request.phrase!r} is spoken as /hˈeɪ pˈænəl/.",
         "hint": "Another pronunciation can be given."},
    ]  # fmt: skip
    for stage in STAGES[: upto + 1]:
        lines.append({"kind": "stage", "name": stage, "state": "running", "seconds": 0.0})
        if stage == "samples":
            for n in range(6):
                _write_tone(folder / f"clip_{n}.wav")
            lines += [
                {"kind": "sample", "path": f"clip_{n}.wav", "label": f"hey panel (voice {n})"} for n in range(6)
            ]
        if stage == "training":
            lines += [_metric(step) for step in range(50, 450, 50)]
        if stage in STAGES[:upto]:
            lines.append({"kind": "stage", "name": stage, "state": "done", "seconds": 61.5})
    (folder / "events.jsonl").write_text("".join(json.dumps({"v": 1, **line}) + "\n" for line in lines))
    (folder / "trainer.log").write_text("INFO training: step 400\n" * 40)


def _metric(step: int) -> dict[str, Any]:
    values = {
        "loss": 3 * math.exp(-step / 150),
        "recall": 1 - math.exp(-step / 120),
        "false_accepts_per_hour": 90 / step,
    }
    return {"kind": "metric", "step": step, "values": values}


def _record(folder: Path) -> list[Sample]:
    """Return three recordings that were decided on, and two that wait."""
    good = Sample(
        "ada1", "hey panel", "Ada", SampleLabel.PHRASE, SampleState.GOOD, "panel", "take_1.wav",
        "2026-01-04T10:00:00Z", 2.5, -8.2, 31.0,
    )  # fmt: skip
    inbox = {"state": SampleState.INBOX, "speaker": ""}
    samples = [
        good,
        replace(good, id="ada2", name="take_2.wav", problems=("quiet",), peak_dbfs=-31.0),
        replace(good, id="ben1", speaker="Ben", label=SampleLabel.NEAR_MISS),
        replace(good, id="sent", source="satellite", name="kitchen 2026-01-04 07:12.wav", **inbox),
        replace(good, id="file", source="upload", name="a_rather_long_name_from_a_telephone_20260104.wav", **inbox),
    ]  # fmt: skip
    for sample in samples:
        _write_tone(folder / f"{sample.id}.wav")
        _write_tone(folder / "originals" / f"{sample.id}.wav")
    return samples


def _write_tone(path: Path) -> None:
    """Write 2.5 s of something that looks like speech."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = random.Random(path.name)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        loud = [math.sin(math.pi * max(0.0, min(1.0, (n / 16_000 - 0.7) / 1.1))) for n in range(40_000)]
        file.writeframes(
            b"".join(round(9000 * a * draw.uniform(-1, 1)).to_bytes(2, "little", signed=True) for a in loud)
        )
