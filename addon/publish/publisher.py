"""Wake words leave the library: through the gate, into the folders where satellites look, and back again."""

import asyncio
import logging
import secrets
import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from addon.bus import Bus, Gone, PublicationChanged
from addon.errors import AppError, Conflict, NotFound, Unavailable
from addon.fleet import Publication
from addon.library.models import ModelLibrary
from addon.publish.comparing import Comparer, Comparison
from addon.publish.examining import Examiner
from addon.publish.folders import HomeFolder, telling
from addon.publish.gate import Gate, judge, read_report
from addon.publish.shelf import Shelf
from addon.records import Model
from addon.store import Store
from addon.times import now

_log = logging.getLogger(__name__)


class Publisher:
    """What is published. Call `start` first and `stop` last; every method belongs to one event loop."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        models: ModelLibrary,
        data: Path,
        homeassistant: str,
        trainer: Sequence[str],
        env: Mapping[str, str],
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            data: the data folder.
            homeassistant: Home Assistant's configuration folder, "" where there is none.
            trainer: the command before `verify`. env: of the trainer's programs.
        """
        self._store, self._bus, self._models = store, bus, models
        self._data, self._home = data.absolute(), HomeFolder(homeassistant)
        self._examiner = Examiner(tuple(trainer), env)
        self._comparer = Comparer(store, data, self._examiner)
        self._shelf = Shelf(self._home, store)
        self._changing = asyncio.Lock()
        self._mending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the folder of words for satellites, and take away what a killed app left half published.

        What is published and has lost files, as after an older backup of Home Assistant, gets them back soon.
        """
        if not self._home.is_there:
            return
        try:
            await self._shelf.prepare()
            await self.tidy()
        except (Conflict, Unavailable) as error:  # the panel is there to say it when something is published
            _log.error("Home Assistant's configuration folder cannot be prepared: %s", error.message)
            return
        self._mending = asyncio.create_task(self._mend(), name="mend publications")

    async def stop(self) -> None:
        """End what is under way."""
        if self._mending:
            self._mending.cancel()
            await asyncio.gather(self._mending, return_exceptions=True)
        await self._comparer.stop()

    async def all(self) -> list[Publication]:
        """Return what is published, in the order of the alphabet."""
        return await self._store.publications.all()

    async def of_word(self, word: str) -> Publication:
        """Return what is published of a word.

        Raises:
            NotFound: nothing is.
        """
        try:
            return await self._store.publications.get(word)
        except NotFound as error:
            raise NotFound(f"{word!r} is not published", code="not_published", values={"word": word}) from error

    async def gate(self, ident: str, compare: bool = True) -> Gate:
        """Return what stands between a model and the satellites.

        Args:
            compare: with the published version, which may take a minute.

        Raises:
            NotFound: there is no such model.
            Unavailable: the trainer cannot say.
        """
        model = await self._models.get(ident)
        report = await asyncio.to_thread(read_report, await self._models.folder(ident) / "report.json")
        checks = await self._examiner.verify(await self._models.file(ident, "tflite"))
        quality = judge(model, report)
        compatible = all(check.ok for check in checks)
        rival = await self._rival(model)
        comparison: Comparison | None = None
        if rival and compare and compatible:
            comparison = await self._comparer.compare(model, rival)
        held = all(bound.ok is not False for bound in quality)
        passes = compatible and held and (rival is None or bool(comparison and comparison.wins))
        return Gate(ident, passes, compatible, checks, quality, rival.id if rival else None, comparison)

    async def publish(self, model: str, override: bool = False, replace: bool = False) -> Publication:
        """Put a model where satellites look, if the gate lets it pass. Done twice it is the same.

        Args:
            override: though its quality is weak. replace: though it did not win against the published version.

        Raises:
            NotFound: there is no such model.
            Invalid: `incompatible`. Conflict: `quality`, `loses`, `no_home`, `foreign_file`.
            Unavailable: the trainer cannot be asked, or the files cannot be written.
        """
        self._home.folder()
        while True:
            gate = await self.gate(model, compare=not replace)
            gate.require(override, replace)
            async with self._changing, self._models.staying:
                found = await self._models.get(model)
                rival = await self._rival(found)
                if replace or gate.rival == (rival.id if rival else None):
                    return await self._publish(found, gate.weak if override else ())
            # Another version was published meanwhile: that is the one to be beaten.

    async def rollback(self, word: str) -> Publication:
        """Make the version before the one that counts. Its files are put back where they are gone.

        Raises:
            NotFound: the word is not published.
            Conflict: `no_previous`: there is no version before that is still in the library.
        """
        async with self._changing, self._models.staying:
            publication = await self.of_word(word)
            for place, ident in enumerate(publication.previous):
                try:
                    found = await self._models.get(ident)
                except NotFound:
                    continue
                await self._place(found)
                left = publication.previous[place + 1 :]
                return await self._keep(Publication(word, ident, found.phrase, now(), left))
            raise Conflict(
                f"there is no version of {word} before {publication.model}",
                hint="Publish another version of it.",
                code="no_previous",
                values={"word": word, "model": publication.model},
            )

    async def offer(self, model: str) -> bool:
        """Put back the files of a version that a satellite shall have again, though another counts.

        Returns:
            Whether any were missing; what is no model of the library is left alone.

        Raises:
            Conflict, Unavailable: as `publish`.
        """
        async with self._changing, self._models.staying:
            try:
                found = await self._models.get(model)
            except NotFound:
                return False
            if await self._shelf.holds(model):
                return False
            await self._place(found)
            if counting := await self._earlier(found.word):
                await self._label(counting)
            return True

    async def withdraw(self, word: str) -> None:
        """Take a word away; devices keep what they have. Files that a YAML file still names stay until it does not.

        Raises:
            NotFound: the word is not published.
        """
        async with self._changing:
            await self.of_word(word)
            await self._store.publications.delete(word)
            self._bus.publish(Gone("publication", word))
        await self.tidy()

    async def tidy(self, active: Collection[str] | None = None) -> list[str]:
        """Take away the files that nothing names any more; return the ids of models that lost some.

        Versions before the published one stay, since a rollback may come; so do those that a YAML file names.

        Args:
            active: versions that satellites listen for. Where that is known, Home Assistant offers no others but
                the published one and the one before it.
        """
        async with self._changing:
            published = await self.all()
            kept = {ident for one in published for ident in (one.model, *one.previous)}
            offered = {ident for one in published for ident in (one.model, *one.previous[:1])}
            return await self._shelf.tidy(kept, kept if active is None else offered | (kept & set(active)))

    async def _publish(self, model: Model, overridden: tuple[str, ...]) -> Publication:
        await self._place(model)
        earlier = await self._earlier(model.word)
        if earlier and earlier.model == model.id:
            await self._label(earlier)
            return earlier
        previous = [earlier.model, *earlier.previous] if earlier else []
        kept = tuple(dict.fromkeys(ident for ident in previous if ident != model.id))
        return await self._keep(Publication(model.word, model.id, model.phrase, now(), kept, overridden))

    async def _rival(self, model: Model) -> Model | None:
        """Return the version of a word that is published now, if it is another and still in the library."""
        earlier = await self._earlier(model.word)
        if earlier is None or earlier.model == model.id:
            return None
        try:
            return await self._models.get(earlier.model)
        except NotFound:
            return None

    async def _earlier(self, word: str) -> Publication | None:
        return next((one for one in await self.all() if one.word == word), None)

    async def _keep(self, publication: Publication) -> Publication:
        await self._store.publications.put(publication)
        self._bus.publish(PublicationChanged(publication))
        await self._label(publication)
        return publication

    async def _label(self, publication: Publication) -> None:
        """Let the version that counts bear the phrase alone; others that are still offered add their number."""
        versions = await self._store.models.all(word=publication.word, deleted=None)
        names = {one.id: f"{publication.phrase} (v{one.version})" for one in versions}
        try:
            await self._shelf.label(names | {publication.model: publication.phrase})
        except AppError as error:  # it is published all the same
            _log.error("earlier versions of %s cannot be named apart: %s", publication.word, error.message)

    async def _mend(self) -> None:
        """Put back files of what is published."""
        for publication in await self.all():
            try:
                async with self._changing:
                    await self._place(await self._models.get(publication.model))
                    await self._label(publication)
            except AppError as error:
                _log.error("files of %s are missing and cannot be put back: %s", publication.model, error.message)

    async def _place(self, model: Model) -> None:
        """Write the files of a model into both folders, unless they are there as they should be."""
        if await self._shelf.holds(model.id):
            return
        tflite = await self._models.file(model.id, "tflite")
        work = self._data / "arriving" / f"external-{secrets.token_hex(6)}"
        try:
            await asyncio.to_thread(_make, work)
            await self._examiner.make_external(tflite, work)
            plain = await asyncio.to_thread(_read, tflite.parent, model.id)
            external = await asyncio.to_thread(_read, work, model.id)
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)
        await self._shelf.place(plain, external)


def _make(folder: Path) -> None:
    with telling(folder):
        folder.mkdir(parents=True)


def _read(folder: Path, ident: str) -> dict[str, bytes]:
    with telling(folder):
        return {name: (folder / name).read_bytes() for name in (f"{ident}.tflite", f"{ident}.json")}
