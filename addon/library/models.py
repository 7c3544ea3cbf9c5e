"""Finished wake words: taken over from a job, listed, noted, deleted and put back. Whole or absent, always."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from addon.bus import Bus, Gone, ModelChanged
from addon.errors import Conflict, NotFound
from addon.library.reading import REPORT, Facts, read_facts
from addon.library.trash import Trash
from addon.library.zipping import zip_folder
from addon.records import Job, Model
from addon.store import Store
from addon.times import now

PAGE = "report.html"
_LONGEST_SUMMARY = 2000  # characters
_LEFT_OUT = shutil.ignore_patterns("fingerprint", "*.partial")


class ModelLibrary:
    """The folder `models/` and its table.

    Attributes:
        staying: held by who is about to publish a model; meanwhile none is deleted.
    """

    def __init__(self, store: Store, bus: Bus, data: Path) -> None:
        self._store, self._bus = store, bus
        self._folder, self._trash = data / "models", Trash(data / "trash")
        self._adopting = asyncio.Lock()
        self.staying = asyncio.Lock()

    async def adopt(self, job: Job, result: Path, summary: str = "") -> Model:
        """Copy a job's result here under the next free version, and return it. Asked again, it returns the same.

        Args:
            summary: the report in plain words, as the run said it; by default made from the report's figures.

        Raises:
            Invalid: the folder is not a model's.
        """
        async with self._adopting:
            if job.model:
                return await self._store.models.get(job.model)
            if earlier := await self._store.models.all(job=job.id, deleted=None):
                return earlier[-1]  # the app was killed between here and the job's record
            facts = await asyncio.to_thread(read_facts, result)
            versions = [m.version for m in await self._store.models.all(word=facts.word, deleted=None)]
            version = max([facts.version - 1, *versions]) + 1
            ident = f"{facts.word}_v{version}"
            await asyncio.to_thread(_copy, result, self._folder / ident, f"{facts.word}_v{facts.version}", ident)
            model = _model(ident, facts, version, job, summary.strip()[:_LONGEST_SUMMARY])
            await self._store.models.put(model)
        self._bus.publish(ModelChanged(model))
        return model

    async def all(self) -> list[Model]:
        """Return all that are not deleted, by word and version."""
        return await self._store.models.all()

    async def deleted(self) -> list[Model]:
        """Return those in the trash, the last deleted first."""
        gone = [model for model in await self._store.models.all(deleted=True) if self._trash.holds("model", model.id)]
        return sorted(gone, key=lambda model: model.deleted or "", reverse=True)

    async def get(self, ident: str) -> Model:
        """Return one.

        Raises:
            NotFound: there is none, or it was deleted.
        """
        model = await self._store.models.get(ident)
        if model.deleted:
            raise NotFound(f"the model {ident!r} was deleted", hint="It can be restored for 30 days.", code="deleted")
        return model

    async def set_notes(self, ident: str, notes: str) -> Model:
        """Write the user's notes."""
        model = replace(await self.get(ident), notes=notes)
        await self._store.models.put(model)
        self._bus.publish(ModelChanged(model))
        return model

    async def delete(self, ident: str) -> None:
        """Move a model to the trash.

        Raises:
            Conflict: it is published.
        """
        async with self.staying:
            model = await self.get(ident)
            if any(publication.model == ident for publication in await self._store.publications.all()):
                raise Conflict(
                    f"{ident} is published",
                    hint="Withdraw it, or publish another version, then delete it.",
                    code="published",
                    values={"model": ident},
                )
            await asyncio.to_thread(self._trash.take, "model", ident, self._folder / ident)
            await self._store.models.put(replace(model, deleted=now()))
        self._bus.publish(Gone("model", ident))

    async def restore(self, ident: str) -> Model:
        """Put a deleted model back.

        Raises:
            NotFound: it never was, or the trash was emptied.
        """
        model = await self._store.models.get(ident)
        if not await asyncio.to_thread(self._trash.give_back, "model", ident, self._folder / ident):
            raise NotFound(f"the model {ident!r} is no longer in the trash", code="emptied")
        model = replace(model, deleted=None)
        await self._store.models.put(model)
        self._bus.publish(ModelChanged(model))
        return model

    async def best(self) -> Model:
        """Return the model that hears best of those that were measured, the newest of equals.

        Raises:
            NotFound: there is no model yet.
        """
        models = await self.all()
        if not models:
            raise NotFound("there is no model yet", hint="Create a wake word first.", code="no_model")
        return max(models, key=lambda m: (m.recall_low or 0.0, -(m.false_accepts_high or 1e9), m.created))

    async def folder(self, ident: str) -> Path:
        """Return a model's folder."""
        return self._folder / (await self.get(ident)).id

    async def file(self, ident: str, kind: str) -> Path:
        """Return the path of "tflite", "json" (manifest), "report" or "page".

        Raises:
            NotFound: there is no such model or file.
        """
        names = {"tflite": f"{ident}.tflite", "json": f"{ident}.json", "report": REPORT, "page": PAGE}
        path = await self.folder(ident) / names[kind]
        if not path.is_file():
            raise NotFound(f"the model {ident!r} has no {path.name}")
        return path

    async def zip(self, ident: str) -> Iterator[bytes]:
        """Return a model's folder as the pieces of a zip."""
        return zip_folder(await self.folder(ident), ident)


def _model(ident: str, facts: Facts, version: int, job: Job, summary: str) -> Model:
    return Model(
        id=ident,
        word=facts.word,
        version=version,
        phrase=facts.phrase,
        language=facts.language,
        created=now(),
        size=facts.size,
        cutoff=facts.cutoff,
        window=facts.window,
        recall=facts.recall,
        recall_low=facts.recall_low,
        false_accepts_high=facts.false_accepts_high,
        summary=summary or facts.summary,
        job=job.id,
        ipa=facts.ipa,
    )


def _copy(source: Path, target: Path, named: str, ident: str) -> None:
    """Copy to a temporary name, give the model its id, and rename when whole."""
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)  # of an attempt that was cut off before the record was written
    shutil.copytree(source, partial, ignore=_LEFT_OUT)
    if named != ident:
        (partial / f"{named}.tflite").rename(partial / f"{ident}.tflite")
        for name in (f"{named}.json", REPORT, "card.md"):
            _rename_within(partial / name, named, ident)
        (partial / f"{named}.json").rename(partial / f"{ident}.json")
    partial.rename(target)


def _rename_within(path: Path, named: str, ident: str) -> None:
    if path.is_file():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"{named}.", f"{ident}."), encoding="utf-8")
