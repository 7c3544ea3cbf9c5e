"""Everything that a deployment works with: a real queue, store, bus and link; only its far end is scripted."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addon.bus import Bus
from addon.errors import AppError
from addon.fleet import Deployment, Publication
from addon.publish.edits import Undone
from addon.records import Model
from addon.satellites.deployments import Deployments
from addon.satellites.means import LinkFlasher, Means, Patience
from addon.satellites.roster import Roster
from addon.store import NAME, Store
from addon.times import now
from tests.addon.scripted_home import ScriptedHome

KITCHEN, HALL, ATTIC = "aabbccddee01", "aabbccddee02", "aabbccddee03"
WORD = "wakesmith_hey_jarvis"  # as a flashed device calls it
QUICK = Patience(silence=5, back=0.3, away=0.1, restart=0.1, chosen=0.3, look=0.01)


@dataclass(frozen=True)
class Change:
    diff: str = "+ hey_jarvis"
    notes: tuple[Any, ...] = ()


@dataclass
class Editor:
    """YAML files in memory: which model each has."""

    files: dict[str, str] = field(default_factory=dict)
    edits: dict[str, tuple[str, str]] = field(default_factory=dict)
    refuses: AppError | None = None

    async def preview(self, configuration: str, model: str) -> Change:
        if self.refuses:
            raise self.refuses
        return Change()

    async def apply(self, configuration: str, model: str) -> str:
        if self.refuses:
            raise self.refuses
        if self.files.get(configuration) == model:
            return ""
        edit = f"edit_{len(self.edits)}"
        self.edits[edit] = (configuration, self.files.get(configuration, ""))
        self.files[configuration] = model
        return edit

    async def since(self, model: str, time: str) -> list[str]:
        return [edit for edit, (file, _) in self.edits.items() if self.files.get(file) == model]

    async def undo(self, edit: str) -> Undone:
        configuration, before = self.edits[edit]
        self.files[configuration] = before
        return Undone(True, f"{configuration} is as it was before")


@dataclass
class Publisher:
    store: Store
    published: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    tidied: list[list[str]] = field(default_factory=list)
    refuses: AppError | None = None

    async def publish(self, model: str, override: bool = False, replace: bool = False) -> Publication:
        if self.refuses and not (override or replace):
            raise self.refuses
        self.published.append(model)
        return await self._put(model)

    async def rollback(self, word: str) -> Publication:
        return await self._put((await self.store.publications.get(word)).previous[0])

    async def offer(self, model: str) -> bool:
        return model in self.missing

    async def tidy(self, active: Collection[str] | None = None) -> list[str]:
        self.tidied.append(sorted(active or ()))
        return []

    async def _put(self, model: str) -> Publication:
        found = await self.store.models.get(model)
        before = [one for one in await self.store.publications.all() if one.word == found.word]
        previous = tuple(one.model for one in before)
        publication = Publication(found.word, model, found.phrase, now(), previous)
        await self.store.publications.put(publication)
        return publication


@dataclass
class Bench:
    """Everything that a deployment works with."""

    home: ScriptedHome
    means: Means
    deployments: Deployments
    editor: Editor
    publisher: Publisher
    store: Store
    bus: Bus

    async def ended(self, deployment: Deployment) -> Deployment:
        async with asyncio.timeout(10):
            while not (found := await self.deployments.get(deployment.id)).state.ended:
                await asyncio.sleep(0.01)
        return found

    async def reaches(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.005)


def model(version: int) -> Model:
    return Model(f"hey_jarvis_v{version}", "hey_jarvis", version, "hey jarvis", "en", now(), 1, 200, 5)


@asynccontextmanager
async def bench(folder: Path, *satellites: dict[str, Any], start: bool = True) -> AsyncIterator[Bench]:
    home, bus = ScriptedHome(*satellites), Bus()

    async def upload(params: dict[str, Any]) -> dict[str, Any]:
        """The device starts anew and offers the word, which is then on."""
        for one in home.satellites.values():
            if one["configuration"] == params["configuration"]:
                one["available"] = [*one["available"], WORD]
                one["active"] = [WORD]
        return {}

    home.answers["upload"] = upload
    async with await Store.open(folder / NAME) as store:
        await store.models.put(model(1), model(2))
        roster = Roster(bus, home.link, mdns=False, folder=True)
        editor, publisher = Editor(), Publisher(store)
        means = Means(store, bus, home.link, roster, publisher, editor, lambda: LinkFlasher(home.link), QUICK)
        deployments = Deployments(means)
        home.connect()
        await roster.start()
        await roster.refresh()
        if start:
            await deployments.start()
        yield Bench(home, means, deployments, editor, publisher, store, bus)
        await deployments.stop()
        await roster.stop()
