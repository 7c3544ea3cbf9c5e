"""Notifications in Home Assistant: each once, over reconnects and restarts too; taken away when no longer true."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from addon.bus import Bus, DeploymentChanged, Gone, JobChanged, Message, ModelChanged, Overrun, PublicationChanged
from addon.errors import NotFound, Unavailable
from addon.homeassistant.link import Link, Refused
from addon.homeassistant.news import News, Notice
from addon.homeassistant.sayings import read_texts
from addon.store import Store

_KEPT = "notices"  # the setting: what was told, as mark by tag
_CALM_S = 0.5  # what happens at once is told at once
_PAUSE_S = 5.0  # before it is tried again where what there is to tell could not be read or kept
_ALIKE = (DeploymentChanged, Gone, JobChanged, ModelChanged, PublicationChanged)
_log = logging.getLogger(__name__)


class Notices:
    """Keeps Home Assistant's notifications as things are."""

    def __init__(self, store: Store, bus: Bus, link: Link) -> None:
        self._store, self._bus, self._link = store, bus, link
        self._stir = asyncio.Event()
        link.watch(lambda what: self._stir.set() if what == "link" else None)

    async def run(self) -> None:
        """Tell what happens, until cancelled; what was so before the very first start is not told."""
        if await self._told() is None:
            await self._keep({tag: notice.mark for tag, notice in (await self._gather()).items()})
        hearing = asyncio.create_task(self._hear())
        try:
            while True:
                try:
                    with suppress(Unavailable):  # nobody is there: the next that comes is told
                        await self._settle()
                    await self._stir.wait()
                except Exception:  # such as a database that refuses
                    _log.exception("Home Assistant is not told what happened; it is tried again")
                    await asyncio.sleep(_PAUSE_S)
                await asyncio.sleep(_CALM_S)
                self._stir.clear()
        finally:
            hearing.cancel()

    async def _hear(self) -> None:
        while True:
            with suppress(Overrun):
                async with self._bus.listen() as messages:
                    self._stir.set()
                    async for message in messages:
                        if _matters(message):
                            self._stir.set()

    async def _settle(self) -> None:
        """Make what was told equal to what is.

        Raises:
            Unavailable: nobody is there to be told.
        """
        if self._link.peer is None:
            return
        told, wanted = dict(await self._told() or {}), await self._gather()
        for tag in told.keys() - wanted.keys():
            await self._ask("dismiss", {"tag": tag})
            del told[tag]
            await self._keep(told)
        for tag, notice in wanted.items():
            if told.get(tag) != notice.mark:
                await self._ask("notify", _params(notice))
                told[tag] = notice.mark
                await self._keep(told)

    async def _ask(self, what: str, params: dict[str, Any]) -> None:
        try:
            await self._link.ask(what, params)
        except Refused as error:  # it would refuse again
            _log.warning("Home Assistant does not %s: %s", what, error.message)

    async def _gather(self) -> dict[str, Notice]:
        store, peer = self._store, self._link.peer
        language = str((await store.settings.all()).get("language", "auto"))
        return News(
            texts=read_texts((peer.language if peer else "") or language),
            jobs=await store.jobs.all(),
            models={model.id: model for model in await store.models.all()},
            publications=await store.publications.all(),
            deployments=await store.deployments.all(),
        ).gather()

    async def _told(self) -> dict[str, str] | None:
        with suppress(NotFound):
            return dict(await self._store.settings.get(_KEPT))
        return None

    async def _keep(self, told: dict[str, str]) -> None:
        await self._store.settings.put(_KEPT, told)


def _matters(message: Message) -> bool:
    return isinstance(message, _ALIKE)


def _params(notice: Notice) -> dict[str, str]:
    return {"tag": notice.tag, "title": notice.title, "message": notice.message, "page": notice.page}
