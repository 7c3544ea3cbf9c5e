"""A library of real models, a publisher and a Home Assistant folder."""

import json
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pymicro_wakeword

from addon.bus import Bus, Message
from addon.library.models import ModelLibrary
from addon.programs import child_environment, trainer_command
from addon.publish.edits import Edits
from addon.publish.publisher import Publisher
from addon.records import Job, JobRequest, JobState, Model
from addon.store import NAME, Store

REAL = Path(pymicro_wakeword.__file__).parent / "models"
PASSING = (sys.executable, str(Path(__file__).with_name("passing_trainer.py")))
GOOD = {
    "conditions": [{"name": "clean", "recall": {"value": 0.97, "low": 0.9, "high": 0.99, "total": 70}}],
    "false_accepts": {"count": 0, "hours": 2.0, "value": 0.0, "low": 0.0, "high": 1.8, "bound": 1.5},
    "calibration": {
        "sensitivities": [{"name": n, "cutoff": c} for n, c in (("low", 240), ("medium", 216), ("high", 190))]
    },
}


@dataclass
class Pressroom:
    store: Store
    bus: Bus
    models: ModelLibrary
    publisher: Publisher
    edits: Edits
    data: Path
    home: Path
    heard: list[Message] = field(default_factory=list)

    async def add(
        self,
        word: str = "hey_jarvis",
        real: str = "hey_jarvis",
        report: Mapping[str, Any] = GOOD,
        cutoff: float | None = None,
        **changes: Any,
    ) -> Model:
        """Adopt a real model as the next version of a word; `changes` of its record."""
        count = len(await self.store.models.all(deleted=None))
        job = Job(
            f"job_{count}",
            JobRequest(word.replace("_", " "), recordings=False),
            JobState.DONE,
            "2026-01-01T00:00:00.000Z",
        )
        await self.store.jobs.put(job)
        model = await self.models.adopt(job, result_of(self.data / f"result_{count}", word, real, report, cutoff))
        if changes:
            model = replace(model, **changes)
            await self.store.models.put(model)
        return model

    def files(self, folder: str = "") -> list[str]:
        root = self.home / folder
        return sorted(str(p.relative_to(self.home)) for p in root.rglob("*") if p.is_file() or p.is_symlink())


def result_of(folder: Path, word: str, real: str, report: Mapping[str, Any], cutoff: float | None = None) -> Path:
    folder.mkdir(parents=True)
    manifest = json.loads((REAL / f"{real}.json").read_text())
    manifest |= {"model": f"{word}_v1.tflite", "wake_word": word.replace("_", " ")}
    manifest["micro"]["probability_cutoff"] = cutoff or manifest["micro"]["probability_cutoff"]
    shutil.copy(REAL / f"{real}.tflite", folder / f"{word}_v1.tflite")
    (folder / f"{word}_v1.json").write_text(json.dumps(manifest))
    about = {"name": f"{word}_v1.tflite", "cutoff": int(manifest["micro"]["probability_cutoff"] * 255)}
    (folder / "report.json").write_text(json.dumps({"model": about, **report}))
    return folder


@asynccontextmanager
async def pressroom(
    tmp_path: Path, trainer: tuple[str, ...] | None = PASSING, env: Mapping[str, str] | None = None
) -> AsyncIterator[Pressroom]:
    """A publisher that was started; `trainer` None: the real one."""
    data, home = tmp_path / "data", tmp_path / "home"
    for folder in (data / "models", data / "trash", data / "arriving", home / "esphome"):
        folder.mkdir(parents=True, exist_ok=True)
    async with await Store.open(data / NAME) as store:
        bus = Bus()
        models = ModelLibrary(store, bus, data)
        command = trainer or trainer_command()
        publisher = Publisher(store, bus, models, data, str(home), command, child_environment(data) | dict(env or {}))
        room = Pressroom(store, bus, models, publisher, Edits(models, str(home)), data, home)
        async with bus.listen() as messages:
            await publisher.start()
            await room.edits.recover()
            try:
                yield room
            finally:
                await publisher.stop()
                if len(messages):
                    room.heard += await messages.take()
