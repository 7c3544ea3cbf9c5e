"""Recordings: taken in any common format, checked, labelled, trimmed, deleted and put back. Originals are kept."""

import asyncio
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from addon.assistant import Assistant
from addon.bus import Bus, Gone, SampleChanged
from addon.errors import AppError, Conflict, Invalid, NotFound, Unsupported
from addon.library.trash import Trash
from addon.records import Sample, SampleLabel, SampleState
from addon.store import Store
from addon.times import now

LONGEST_S = 600.0  # a small compressed file may hold days: what is longer is cut
MOST_UNDECIDED = 2000  # recordings in the inbox
_SHORTEST_S = 0.1


class SampleLibrary:
    """The folder `samples/` and its table."""

    def __init__(self, store: Store, bus: Bus, assistant: Assistant, data: Path) -> None:
        self._store, self._bus, self._assistant = store, bus, assistant
        self._folder, self._trash = data.absolute() / "samples", Trash(data / "trash")

    async def add(
        self, arrived: Path, name: str, *, phrase: str, speaker: str, label: SampleLabel, source: str
    ) -> Sample:
        """Take in a file of any common format. What is recorded in the panel is good; all else waits in the inbox.

        Raises:
            AppError: the file cannot be read as sound, or is too short.
            Conflict: too many wait in the inbox already.
        """
        if source != "panel" and len(await self._store.samples.all(SampleState.INBOX)) >= MOST_UNDECIDED:
            raise Conflict(
                f"{MOST_UNDECIDED} recordings wait in the inbox; it holds no more",
                hint="Decide about some of them under Recordings first.",
                code="inbox_full",
                values={"n": MOST_UNDECIDED},
            )
        ident = secrets.token_hex(8)
        partial = self._folder / f"{ident}.partial"
        original = self._original(ident)
        original.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = await self._take(arrived.absolute(), partial)
            sample = Sample(
                id=ident,
                phrase=phrase,
                speaker=speaker,
                label=label,
                state=SampleState.GOOD if source == "panel" else SampleState.INBOX,
                source=source,
                name=name,
                created=now(),
                **found,
            )
            await asyncio.to_thread(shutil.copyfile, arrived, original)
            partial.rename(self._wav(ident))
            await self._store.samples.put(sample)
        except BaseException:
            for path in (partial, original, self._wav(ident)):
                path.unlink(missing_ok=True)
            raise
        self._bus.publish(SampleChanged(sample))
        return sample

    async def all(
        self, state: SampleState | None = None, label: SampleLabel | None = None, phrase: str | None = None
    ) -> list[Sample]:
        """Return those that are not deleted, newest first."""
        return await self._store.samples.all(state, label, phrase)

    async def deleted(self) -> list[Sample]:
        """Return those in the trash, the last deleted first."""
        gone = [one for one in await self._store.samples.all(deleted=True) if self._trash.holds("sample", one.id)]
        return sorted(gone, key=lambda one: one.deleted or "", reverse=True)

    async def get(self, ident: str) -> Sample:
        """Return one.

        Raises:
            NotFound: there is none, or it was deleted.
        """
        sample = await self._store.samples.get(ident)
        if sample.deleted:
            raise NotFound(
                f"the recording {ident!r} was deleted", hint="It can be restored for 30 days.", code="deleted"
            )
        return sample

    async def change(self, ident: str, **values: Any) -> Sample:
        """Change label, state or speaker."""
        return await self._keep(replace(await self.get(ident), **values))

    async def trim(self, ident: str, begin_s: float, end_s: float) -> Sample:
        """Keep the part from `begin_s` to `end_s` of the recording as it is now.

        Raises:
            Invalid: nothing would be left.
        """
        sample = await self.get(ident)
        if not 0 <= begin_s < sample.seconds or end_s - begin_s < _SHORTEST_S:
            raise Invalid(
                f"the recording is {sample.seconds:.2f} s long, and at least {_SHORTEST_S} s must be left. "
                f"Received: {begin_s:.2f} to {end_s:.2f} s"
            )
        return await self._cut(sample, self._wav(ident), begin_s, min(end_s, sample.seconds))

    async def untrim(self, ident: str) -> Sample:
        """Make the recording again from its original."""
        return await self._cut(await self.get(ident), self._original(ident), 0.0, None)

    async def delete(self, ident: str) -> None:
        """Move a recording to the trash."""
        sample = await self.get(ident)
        await asyncio.to_thread(self._trash.take, "original", ident, self._original(ident))
        await asyncio.to_thread(self._trash.take, "sample", ident, self._wav(ident))
        await self._store.samples.put(replace(sample, deleted=now()))
        self._bus.publish(Gone("sample", ident))

    async def restore(self, ident: str) -> Sample:
        """Put a deleted recording back.

        Raises:
            NotFound: it never was, or the trash was emptied.
        """
        sample = await self._store.samples.get(ident)
        await asyncio.to_thread(self._trash.give_back, "original", ident, self._original(ident))
        if not await asyncio.to_thread(self._trash.give_back, "sample", ident, self._wav(ident)):
            raise NotFound(f"the recording {ident!r} is no longer in the trash", code="emptied")
        return await self._keep(replace(sample, deleted=None))

    async def audio(self, ident: str) -> Path:
        """Return the path of the WAV: 16 kHz, mono."""
        path = self._wav((await self.get(ident)).id)
        if not path.is_file():
            raise NotFound(f"the recording {ident!r} has lost its file")
        return path

    async def _cut(self, sample: Sample, source: Path, begin_s: float, end_s: float | None) -> Sample:
        partial = self._folder / f"{sample.id}.{secrets.token_hex(4)}.partial"
        try:
            found = await self._take(source, partial, begin_s, end_s)
            partial.rename(self._wav(sample.id))
        finally:
            partial.unlink(missing_ok=True)
        return await self._keep(replace(sample, **found))

    async def _take(self, source: Path, to: Path, begin_s: float = 0.0, end_s: float | None = None) -> dict[str, Any]:
        """Decode into `to` and return what the check found."""
        end_s = min(end_s or LONGEST_S, begin_s + LONGEST_S)
        try:
            await self._assistant.ask("decode", path=str(source), to=str(to), begin_s=begin_s, end_s=end_s)
            found = await self._assistant.ask("inspect", path=str(to))
        except AppError as error:
            raise error.naming(self._folder, "the recording") from error
        if found["seconds"] < _SHORTEST_S:
            raise Unsupported(f"there is no sound in this file, or less than {_SHORTEST_S} s of it", code="too_short")
        return {
            "seconds": found["seconds"],
            "peak_dbfs": found["peak_dbfs"],
            "snr_db": found.get("snr_db"),
            "problems": tuple(problem["code"] for problem in found["problems"]),
        }

    async def _keep(self, sample: Sample) -> Sample:
        await self._store.samples.put(sample)
        self._bus.publish(SampleChanged(sample))
        return sample

    def _wav(self, ident: str) -> Path:
        return self._folder / f"{ident}.wav"

    def _original(self, ident: str) -> Path:
        return self._folder / "originals" / ident
