"""What to know before a training starts (N15): room, memory, GPU, time, and what must be downloaded."""

import asyncio
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from addon.jobs.request import check_request
from addon.jobs.run import has_gpu
from addon.records import Job, JobRequest, JobState
from addon.store import Store
from addon.times import seconds_between

MEGA = 1_000_000
LEAST_MEMORY_MB = 3000  # a standard run on two cores holds 2.5 GB at its peak


@dataclass(frozen=True)
class Cost:
    """Of a preset, measured or estimated on two cores of 2023 without a GPU.

    Attributes:
        voices_min: speaking and augmenting; shared by the cores.
        training_min: everything else; `steps` and `positives` are what they are for.
        disk_mb: the job's folder at its largest.
    """

    voices_min: float
    training_min: float
    steps: int
    positives: int
    disk_mb: float


COSTS = {
    "quick": Cost(3.0, 2.0, 2100, 240, 600),
    "standard": Cost(9.8, 3.0, 4500, 700, 1500),  # 522 + 63 s, 178 s and 1.2 GB, measured
    "thorough": Cost(75.0, 22.0, 35_000, 4000, 12_000),
}


@dataclass(frozen=True)
class Check:
    """One finding. `ok` None: worth knowing, and no obstacle."""

    name: str
    ok: bool | None
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Preflight:
    """What a training will take. `minutes`, `download_mb`, `disk_mb` are estimates."""

    checks: tuple[Check, ...]
    minutes: float
    download_mb: float
    disk_mb: float


async def preflight(
    request: JobRequest, store: Store, data: Path, device: str, missing: Mapping[str, float] | None = None
) -> Preflight:
    """Examine this machine for a request. Nothing is started.

    Args:
        data: the data folder.
        device: the app's option.
        missing: megabytes of the public data sets that are not here, by name.

    Raises:
        Invalid: the request is out of range.
    """
    request = check_request(request)
    cost = COSTS[request.preset]
    packs = request.settings.get("data.packs", [])
    wanted = {name: (missing or {}).get(name, 0.0) for name in packs if isinstance(name, str)}
    download = sum(wanted.values())
    disk = cost.disk_mb * _share(request, "samples.positives", cost.positives) + 2 * download
    free = (await asyncio.to_thread(shutil.disk_usage, data)).free / MEGA
    memory = psutil.virtual_memory().available / MEGA
    chosen = str(request.settings.get("device", device))
    running = await store.jobs.all(JobState.RUNNING, JobState.QUEUED)
    checks = (
        _check_disk(free, disk),
        _check_memory(memory),
        _check_gpu(chosen),
        _check_network(wanted),
        _check_queue(running),
    )
    minutes = estimate_minutes(request, await store.jobs.all(JobState.DONE), os.cpu_count() or 1)
    return Preflight(checks, round(minutes, 1), round(download, 1), round(disk, 1))


def estimate_minutes(request: JobRequest, earlier: Sequence[Job], cores: int) -> float:
    """Return how long it may take: as earlier ones on this machine did, else by what was measured elsewhere."""
    took = [
        seconds_between(job.started, job.ended) / 60
        for job in earlier
        if job.started and job.ended and job.attempt == 1 and _alike(job.request, request)
    ]
    if took:
        return median(took[-5:])
    cost = COSTS[request.preset]
    voices = cost.voices_min * _share(request, "samples.positives", cost.positives) * 2 / max(cores, 1)
    return voices + cost.training_min * _share(request, "training.steps", cost.steps)


def _alike(a: JobRequest, b: JobRequest) -> bool:
    return a.preset == b.preset and a.settings == b.settings


def _share(request: JobRequest, key: str, usual: int) -> float:
    """Return how many times the preset's amount was asked for."""
    value: Any = request.settings.get(key, usual)
    numbers = value if isinstance(value, list | tuple) else [value]
    total = sum(n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool))
    return total / usual if total > 0 else 1.0


def _check_disk(free: float, need: float) -> Check:
    message = f"{free / 1000:.1f} GB are free; about {need / 1000:.1f} GB are needed"
    return Check("disk", free > 1.2 * need, message, "" if free > 1.2 * need else "Clean up under Settings, Storage.")


def _check_memory(free: float) -> Check:
    good = free >= LEAST_MEMORY_MB
    hint = "" if good else "Stop other apps, or set `workers` to 1 under Advanced."
    return Check(
        "memory", good, f"{free / 1000:.1f} GB are free; about {LEAST_MEMORY_MB / 1000:g} GB are needed", hint
    )


def _check_gpu(device: str) -> Check:
    if device == "cpu":
        return Check("gpu", None, "the processor is chosen")
    if has_gpu():
        return Check("gpu", True, "a GPU is here")
    if device == "gpu":
        return Check("gpu", False, "a GPU is chosen, and none is here", "The processor will do the work.")
    return Check("gpu", None, "no GPU is here; the processor does the work")


def _check_network(wanted: Mapping[str, float]) -> Check:
    absent = {name: size for name, size in wanted.items() if size}
    if not absent:
        return Check("download", True, "nothing has to be downloaded")
    return Check("download", None, f"{', '.join(absent)}: {sum(absent.values()):.0f} MB have to be downloaded")


def _check_queue(jobs: Sequence[Job]) -> Check:
    if not jobs:
        return Check("queue", True, "nothing else runs")
    return Check("queue", None, f"{len(jobs)} other trainings come first")
