"""What the trainer says of this machine before a training starts: cores, memory, GPU, voices, data sets not here."""

import asyncio
import logging
import os
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from addon.acceleration import has_gpu
from addon.assistant import Assistant
from addon.errors import AppError
from addon.records import JobRequest

_LOG = logging.getLogger(__name__)
_PATIENCE_S = 30.0  # for all that is asked: the user waits
_PIECE = bytes(range(256)) * 2048
_REFERENCE_S = 0.0046  # that `_work` took, lowest of many, on the machine on which the presets were measured
_TURNS = 4
_SPEEDS = (0.1, 4.0)  # beyond these something else was measured


@dataclass(frozen=True)
class Machine:
    """What is here.

    Attributes:
        cores: that a training may use.
        available_mb: memory that is free, within the limits of a container; None where the helper could not be asked.
        gpu: its name, empty if training can use none; `why` says why.
        voices: as the helper's `voices` lists them, None where it could not be asked.
        missing: megabytes of the public data sets that are not here, by name; None where it could not be asked.
        speed: of one core; 1 is the one on which the presets were measured.
    """

    cores: int
    available_mb: float | None
    gpu: str = ""
    why: str = ""
    voices: tuple[Mapping[str, Any], ...] | None = None
    missing: Mapping[str, float] | None = None
    speed: float = 1.0


Missing = Callable[[], Awaitable[Mapping[str, float]]]
Survey = Callable[[JobRequest], Awaitable[Machine]]


@dataclass(frozen=True)
class Surveyor:
    """Asks the helper; what it cannot say is found by the app itself, or stays unknown.

    Attributes:
        missing: megabytes of the public data sets that are not here, by name.
    """

    assistant: Assistant
    missing: Missing

    async def __call__(self, request: JobRequest) -> Machine:
        """Look at this machine with a request in mind."""
        hardware, voices, missing, speed = await asyncio.gather(
            _try(self.assistant.ask("hardware", timeout=_PATIENCE_S)),
            _try(self.assistant.ask("voices", timeout=_PATIENCE_S)),
            _try(asyncio.wait_for(self.missing(), _PATIENCE_S)) if request.settings.get("data.packs") else _nothing(),
            asyncio.to_thread(measure_speed),
        )
        plain = look()
        found = hardware or {}
        gpu = plain.gpu if hardware is None else str((found.get("gpu") or {}).get("name", ""))
        return Machine(
            cores=int(found.get("cores", plain.cores)),
            available_mb=found.get("available_mb"),
            gpu=gpu,
            why=str(found.get("why", "")),
            voices=None if voices is None else tuple(voices["voices"]),
            missing=missing,
            speed=speed,
        )


async def look_alone(_request: JobRequest) -> Machine:
    """Return what the app finds without the helper."""
    return look()


def look() -> Machine:
    """Return what the system says."""
    gpu = "a GPU" if has_gpu() else ""
    return Machine(os.cpu_count() or 1, None, gpu)


def measure_speed() -> float:
    """Say how fast a core is, by its own time: what others do meanwhile hardly matters. Blocks for 20 ms or so."""
    times = []
    for _ in range(_TURNS):
        began = time.thread_time()
        _work()
        times.append(time.thread_time() - began)
    return min(max(_REFERENCE_S / min(times), _SPEEDS[0]), _SPEEDS[1])


def _work() -> None:
    total = 0
    for number in range(100_000):
        total += number & 7
    zlib.crc32(zlib.compress(_PIECE, 6))


async def _nothing() -> Mapping[str, float]:
    return {}


async def _try(question: Awaitable[Any]) -> Any:
    try:
        return await question
    except (AppError, TimeoutError) as error:
        _LOG.warning("preflight goes without an answer: %s", error)
        return None
