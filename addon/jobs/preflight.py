"""What to know before a training starts (N15): room, memory, GPU, time, and what must be downloaded."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from addon.errors import Values
from addon.jobs.machine import Machine, Survey
from addon.jobs.request import check_request
from addon.records import Job, JobRequest, JobState
from addon.store import Store
from addon.times import seconds_between

MEGA = 1_000_000
LEAST_MEMORY_MB = 3000  # a standard run on two cores holds 2.5 GB at its peak
_LAST = 5  # trainings that an estimate is made from


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
    "standard": Cost(12.3, 7.0, 2000, 700, 1500),  # 580 + 157 s, 402 s and 1.2 GB, measured
    "thorough": Cost(75.0, 22.0, 35_000, 4000, 12_000),
}


@dataclass(frozen=True)
class Check:
    """One finding. `ok` None: worth knowing, and no obstacle.

    Attributes:
        name: what was looked at.
        code: a stable key of what was found; `values`: what the message names.
    """

    name: str
    ok: bool | None
    code: str
    message: str
    hint: str = ""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Preflight:
    """What a training will take. `minutes`, `download_mb`, `disk_mb` are estimates."""

    checks: tuple[Check, ...]
    minutes: float
    download_mb: float
    disk_mb: float


async def preflight(request: JobRequest, store: Store, data: Path, device: str, survey: Survey) -> Preflight:
    """Examine this machine for a request. Nothing is started.

    Args:
        data: the data folder.
        device: the app's option.
        survey: looks at the machine.

    Raises:
        Invalid: the request is out of range.
    """
    request = check_request(request)
    machine = await survey(request)
    packs = tuple(name for name in _listed(request, "data.packs") if isinstance(name, str))
    download = sum((machine.missing or {}).get(name, 0.0) for name in packs)
    cost = COSTS[request.preset]
    disk = cost.disk_mb * _share(request, "samples.positives", cost.positives) + 2 * download
    free = (await asyncio.to_thread(shutil.disk_usage, data)).free / MEGA
    running = await store.jobs.all(JobState.RUNNING, JobState.QUEUED)
    checks = (
        _check_disk(free, disk),
        _check_memory(machine.available_mb),
        _check_gpu(machine, str(request.settings.get("device", device))),
        _check_voices(machine, request),
        _check_download(machine, packs),
        _check_queue(running),
    )
    minutes = estimate_minutes(request, await store.jobs.all(JobState.DONE), machine.cores, machine.speed)
    return Preflight(checks, round(minutes, 1), round(download, 1), round(disk, 1))


def estimate_minutes(request: JobRequest, earlier: Sequence[Job], cores: int, speed: float = 1.0) -> float:
    """Return how long it may take: as the same did on this machine, else as others did, else by its cores.

    Args:
        speed: of a core, as `Machine` says it.
    """
    took = [
        (job.request, seconds_between(job.started, job.ended) / 60)
        for job in earlier
        if job.started and job.ended and job.attempt == 1
    ]
    if alike := [minutes for done, minutes in took if _alike(done, request)]:
        return median(alike[-_LAST:])
    expected = _expect(request, cores)
    if took:
        return expected * median(minutes / _expect(done, cores) for done, minutes in took[-_LAST:])
    return expected / speed


def _expect(request: JobRequest, cores: int) -> float:
    """Return the minutes on a machine like the one on which the presets were measured, but for the cores."""
    cost = COSTS[request.preset]
    voices = cost.voices_min * _share(request, "samples.positives", cost.positives) * 2 / max(cores, 1)
    return voices + cost.training_min * _share(request, "training.steps", cost.steps)


def _alike(a: JobRequest, b: JobRequest) -> bool:
    return a.preset == b.preset and a.settings == b.settings


def _listed(request: JobRequest, key: str) -> tuple[Any, ...]:
    value = request.settings.get(key, ())
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _share(request: JobRequest, key: str, usual: int) -> float:
    """Return how many times the preset's amount was asked for."""
    total = sum(n for n in _listed(request, key) if isinstance(n, int | float) and not isinstance(n, bool))
    return total / usual if total > 0 else 1.0


def _check_disk(free: float, need: float) -> Check:
    values = {"free": round(free / 1000, 1), "need": round(need / 1000, 1)}
    message = f"{values['free']} GB are free; about {values['need']} GB are needed"
    if free > 1.2 * need:
        return Check("disk", True, "disk_free", message, values=values)
    return Check("disk", False, "disk_short", message, "Clean up under Settings, Storage.", values)


def _check_memory(free: float | None) -> Check:
    need = LEAST_MEMORY_MB / 1000
    if free is None:
        message = f"it is not known how much is free; about {need:g} GB are needed"
        return Check("memory", None, "memory_unknown", message, values={"need": need})
    values = {"free": round(free / 1000, 1), "need": need}
    message = f"{values['free']} GB are free; about {need:g} GB are needed"
    if free >= LEAST_MEMORY_MB:
        return Check("memory", True, "memory_free", message, values=values)
    hint = "Stop other apps for as long as it takes."
    return Check("memory", False, "memory_short", message, hint, values)


def _check_gpu(machine: Machine, device: str) -> Check:
    if device == "cpu":
        return Check("gpu", None, "cpu_chosen", "the processor is chosen")
    if machine.gpu:
        return Check("gpu", True, "gpu_here", f"{machine.gpu} is here", values={"gpu": machine.gpu})
    why = f": {machine.why}" if machine.why else ""
    if device == "gpu":
        message = f"a GPU is chosen, and none can be used{why}"
        return Check("gpu", False, "gpu_missing", message, "The processor will do the work.")
    return Check("gpu", None, "gpu_none", f"no GPU is used{why}; the processor does the work")


def _check_voices(machine: Machine, request: JobRequest) -> Check:
    """Say which voices will speak; the trainer refuses names that it does not know."""
    if machine.voices is None:
        message, hint = "which voices are here is not known yet", "The trainer's helper did not answer."
        return Check("voices", None, "voices_unknown", message, hint)
    named = [str(name) for name in _listed(request, "samples.voices")]
    here = [str(voice["id"]) for voice in machine.voices if voice["installed"]]
    unknown = [name for name in (*named, *request.veto) if not any(_is_named(voice, name) for voice in here)]
    if unknown:
        sizes = {str(voice["id"]): voice.get("size_mb") for voice in machine.voices if not voice["installed"]}
        told = ", ".join(f"{name} ({size:.0f} MB)" if (size := sizes.get(name)) else name for name in unknown[:5])
        hint = "Leave them out, or install them first."
        return Check("voices", False, "voices_absent", f"not installed: {told}", hint, {"voices": told})
    engines = _listed(request, "samples.engines")
    speaking = [
        voice
        for voice in here
        if (not engines or voice.partition(":")[0] in engines)
        and (not named or any(_is_named(voice, name) for name in named))
        and not any(_is_named(voice, name) for name in request.veto)
    ]
    if not speaking:
        hint = "Allow more voices, or install some."
        return Check("voices", False, "voices_none", "no voice is left to speak", hint)
    return Check("voices", True, "voices_here", f"{len(speaking)} voices will speak", values={"n": len(speaking)})


def _is_named(voice: str, name: str) -> bool:
    """Say whether a name means this voice, as the trainer does: in full, without its engine, or its speaker."""
    short = voice.partition(":")[2]
    return name in (voice, short, short.partition("/")[0], voice.partition("/")[0])


def _check_download(machine: Machine, packs: Sequence[str]) -> Check:
    if packs and machine.missing is None:
        message = "whether data sets have to be downloaded is not known yet"
        return Check("download", None, "download_unknown", message)
    absent = {name: machine.missing[name] for name in packs if machine.missing and name in machine.missing}
    if not absent:
        return Check("download", True, "download_none", "nothing has to be downloaded")
    told = ", ".join(f"{name} ({size:.0f} MB)" if size else name for name, size in absent.items())
    unknown = "" if all(absent.values()) else "; not all sizes are known"
    message = f"the training begins by downloading {told}{unknown}"
    return Check("download", None, "download_first", message, values={"sets": told})


def _check_queue(jobs: Sequence[Job]) -> Check:
    if not jobs:
        return Check("queue", True, "queue_free", "nothing else runs")
    return Check("queue", None, "queue_waits", f"{len(jobs)} other trainings come first", values={"n": len(jobs)})
