"""Challenger against champion (N11), on sound that neither was trained on, of what the data folder holds.

Of the two trainings, where their folders still stand: test clips and test sound, without what the other learned from.
Of the user's recordings: those that no training of the two took. What a satellite sent is left out, since it was
chosen by the model that ran there: what woke it by mistake speaks against it, what it missed was never sent.
"""

import asyncio
import hashlib
import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon.errors import NotFound, Unavailable
from addon.jobs.recipe import word_of
from addon.publish.examining import Examiner
from addon.records import Job, Model, Sample, SampleLabel, SampleState
from addon.store import Store

_MOST_KNOWN = 20  # comparisons that are kept
_TOLD = {
    "wins": "It is better.",
    "loses": "It is worse.",
    "mixed": "It is better in one way and worse in the other.",
    "equal": "They are equally good, as far as so much sound can tell.",
    "undecided": "That is too little sound to tell.",
}


@dataclass(frozen=True)
class Comparison:
    """How a new version did against the published one.

    Attributes:
        verdict: "wins", "loses", "mixed", "equal" or "undecided", as `wakesmith compare` says it.
        wins: whether it may replace it without being asked.
        found, rival_found: of so many `clips` of the phrase; `p`: how likely so uneven a split is between equals.
        accepts, rival_accepts: times that they woke in so many `hours` of other sound; `p_accepts` likewise.
        trainings: runs whose test sound was heard. recordings: the user's own that were heard.
    """

    verdict: str
    wins: bool
    found: int
    rival_found: int
    clips: int
    p: float
    accepts: int
    rival_accepts: int
    hours: float
    p_accepts: float
    trainings: int
    recordings: int
    message: str
    rival: str

    def values(self, model: str) -> dict[str, str | int | float]:
        """Return the figures as an error's values."""
        return {
            "model": model,
            "rival": self.rival,
            "verdict": self.verdict,
            "found": self.found,
            "rival_found": self.rival_found,
            "clips": self.clips,
            "accepts": self.accepts,
            "rival_accepts": self.rival_accepts,
            "hours": round(self.hours, 2),
        }


@dataclass(frozen=True)
class Sound:
    """What neither model was trained on.

    Attributes:
        runs: folders of trainings. positives, negatives: recordings of the user's, by path.
        untold: models whose training's folder is gone, so that what they heard cannot be told.
    """

    runs: tuple[Path, ...]
    positives: tuple[Path, ...]
    negatives: tuple[Path, ...]
    untold: int = 0


class Comparer:
    """Compares two models at a time; the same two on the same sound once."""

    def __init__(self, store: Store, data: Path, examiner: Examiner) -> None:
        self._store, self._data, self._examiner = store, data.absolute(), examiner
        self._turn = asyncio.Semaphore(1)
        self._known: dict[str, asyncio.Task[Comparison]] = {}

    async def compare(self, challenger: Model, champion: Model) -> Comparison:
        """Return the comparison; whoever stops waiting does not stop it for others.

        Raises:
            Unavailable: the trainer cannot say.
        """
        sound = await self._gather(challenger, champion)
        if not (sound.runs or sound.positives or sound.negatives):
            return _unheard(champion)
        key = _key(challenger, champion, sound)
        task = self._known.get(key)
        if task is None:
            self._forget()
            task = self._known[key] = asyncio.create_task(self._compare(challenger, champion, sound))
        try:
            return await asyncio.shield(task)
        except Exception:
            self._known.pop(key, None)
            raise

    def _forget(self) -> None:
        """Drop comparisons that failed while nobody waited, and the oldest of many."""
        ended = [key for key, task in self._known.items() if task.done()]
        for place, key in enumerate(ended):
            if _failed(self._known[key]) or place < len(ended) - _MOST_KNOWN:
                del self._known[key]

    async def stop(self) -> None:
        """End what is under way."""
        tasks = [task for task in self._known.values() if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _compare(self, challenger: Model, champion: Model, sound: Sound) -> Comparison:
        folder = self._data / "arriving" / f"compare-{secrets.token_hex(6)}"
        async with self._turn:
            try:
                given = [
                    await asyncio.to_thread(_copy, paths, folder / name)
                    for name, paths in (("positives", sound.positives), ("negatives", sound.negatives))
                ]
                models = [self._data / "models" / m.id / f"{m.id}.tflite" for m in (challenger, champion)]
                found = await self._examiner.compare(models[0], models[1], given[0], given[1], sound.runs)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, True)
        try:
            return _read(found, champion, sound)
        except (KeyError, TypeError, ValueError) as error:
            why = "the comparison lacks figures"
            raise Unavailable(
                f"the trainer could not examine the model: {why}", code="unexamined", values={"why": why}
            ) from error

    async def _gather(self, challenger: Model, champion: Model) -> Sound:
        both = [(model, await self._job(model)) for model in (challenger, champion)]
        runs = [self._data / "jobs" / model.job for model, _ in both if model.job]
        standing = await asyncio.to_thread(lambda: tuple(dict.fromkeys(run for run in runs if _stands(run))))
        positives, negatives = [], []
        for sample in await self._store.samples.all(deleted=False):
            if sample.source == "satellite" or any(_may_have_heard(sample, *one) for one in both):
                continue
            path = self._data / "samples" / f"{sample.id}.wav"
            if sample.state is SampleState.GOOD and sample.label is SampleLabel.PHRASE:
                positives += [path] if word_of(sample.phrase) == word_of(challenger.phrase) else []
            elif sample.state in (SampleState.GOOD, SampleState.FALSE_WAKE):
                negatives.append(path)
        there = await asyncio.to_thread(lambda: [tuple(filter(Path.is_file, p)) for p in (positives, negatives)])
        return Sound(standing, there[0], there[1], 2 - len(standing))

    async def _job(self, model: Model) -> Job | None:
        with suppress(NotFound):
            return await self._store.jobs.get(model.job) if model.job else None
        return None


def _may_have_heard(sample: Sample, model: Model, job: Job | None) -> bool:
    """Say whether a training may have taken a recording: one that took none did not, nor one that ended before."""
    if job is not None and not job.request.recordings:
        return False
    return sample.created <= model.created


def _stands(run: Path) -> bool:
    return (run / "samples" / "clips.jsonl").is_file() and (run / "samples" / "audio" / "store.json").is_file()


def _copy(paths: Sequence[Path], to: Path) -> Path | None:
    """Copy recordings, since they may be trimmed or deleted while they are heard."""
    if not paths:
        return None
    to.mkdir(parents=True, exist_ok=True)
    for path in paths:
        with suppress(FileNotFoundError):
            shutil.copyfile(path, to / path.name)
    return to


def _key(challenger: Model, champion: Model, sound: Sound) -> str:
    return hashlib.sha256(repr((challenger.id, champion.id, sound)).encode()).hexdigest()


def _failed(task: "asyncio.Task[Comparison]") -> bool:
    return task.cancelled() or task.exception() is not None


def _read(found: Mapping[str, Any], champion: Model, sound: Sound) -> Comparison:
    new, old = found["challenger"], found["champion"]
    recordings = len(sound.positives) + len(sound.negatives)
    verdict, clips, hours = str(found["verdict"]), int(found["clips"]), float(found["hours"])
    return Comparison(
        verdict=verdict,
        wins=verdict == "wins",
        found=int(new["found"]),
        rival_found=int(old["found"]),
        clips=clips,
        p=float(found["p"]),
        accepts=int(new["accepts"]),
        rival_accepts=int(old["accepts"]),
        hours=hours,
        p_accepts=float(found["p_accepts"]),
        trainings=len(sound.runs),
        recordings=recordings,
        rival=champion.id,
        message=(
            f"On the same sound it heard {new['found']} of {clips} and {champion.id} {old['found']}; in "
            f"{60 * hours:.0f} minutes of other sound it woke by mistake {new['accepts']} times and {champion.id} "
            f"{old['accepts']} times ({_origin(sound, recordings)}). {_TOLD[verdict]}"
        ),
    )


def _origin(sound: Sound, recordings: int) -> str:
    parts = ["test sound of the trainings"] if sound.runs else []
    parts += [f"{recordings} recordings of yours"] if recordings else []
    told = " and ".join(parts) + " that neither was trained on"
    if sound.runs and sound.untold:
        return f"{told}, as far as can be told: the folder of one training is gone"
    return told


def _unheard(champion: Model) -> Comparison:
    return Comparison(
        verdict="undecided",
        wins=False,
        found=0,
        rival_found=0,
        clips=0,
        p=1.0,
        accepts=0,
        rival_accepts=0,
        hours=0.0,
        p_accepts=1.0,
        trainings=0,
        recordings=0,
        rival=champion.id,
        message="There is no sound here that neither was trained on: the folders of the trainings are gone.",
    )
