"""The app's state in Home Assistant: pushed over the link, which is opened again whenever it is lost."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_SSL, CONF_TOKEN
from homeassistant.const import __version__ as home_assistant
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.loader import async_get_integration

from . import repairs
from .asks import Asks
from .client import Client, Connection
from .const import DOMAIN, LOGGER
from .errors import CannotConnect, InvalidAuth, NotWakesmith, Replaced, WakesmithError
from .state import AppState, Happening, compare, take
from .watch import watch_satellites

type WakesmithEntry = ConfigEntry[WakesmithCoordinator]

_SNAPSHOT_S = 15.0
_PAUSES_S = (1, 2, 5, 10, 30, 60)  # before the first, second, ... attempt to connect again; then the last
_GONE_S = 600  # without the app until the user is told
_FIGURES_S = 1.0  # between two updates that only move figures


class WakesmithCoordinator(DataUpdateCoordinator[AppState]):
    """One app: what it tells, what it asks, what it can be asked.

    Attributes:
        client: the app's HTTP API.
        device: id of the app's device, once there is one.
    """

    config_entry: WakesmithEntry

    def __init__(self, hass: HomeAssistant, entry: WakesmithEntry) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title)
        self.client = make_client(hass, entry.data)
        self.device = ""
        self._connection: Connection | None = None
        self._asks = Asks(hass, entry, self._send)
        self._hearers: set[Callable[[Happening], None]] = set()
        self._later: CALLBACK_TYPE | None = None
        self._missed: CALLBACK_TYPE | None = None

    async def async_start(self) -> None:
        """Connect for the first time; from then on the link is kept open until the entry is unloaded.

        Raises:
            WakesmithError: the app cannot be reached, refuses the token, or is not of our time.
        """
        connection = await self._connect()
        entry = self.config_entry
        entry.async_create_background_task(self.hass, self._stay(connection), f"{DOMAIN} link")
        entry.async_on_unload(watch_satellites(self.hass, self._tell_changed))
        entry.async_on_unload(self._stop)

    @callback
    def async_hear(self, hearer: Callable[[Happening], None]) -> CALLBACK_TYPE:
        """Have someone told what happens; returns how to end it."""
        self._hearers.add(hearer)
        return lambda: self._hearers.discard(hearer)

    async def _async_update_data(self) -> AppState:
        """Answer who asks for fresh data: what was told is fresh as long as the link is open."""
        if self._connection is None:
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="cannot_connect")
        return self.data

    async def _connect(self) -> Connection:
        """Open the link and take the snapshot."""
        integration = await async_get_integration(self.hass, DOMAIN)
        connection = await self.client.open(str(integration.version), home_assistant, self.hass.config.language)
        try:
            hello = connection.hello
            if hello.id != self.config_entry.unique_id:
                raise NotWakesmith("another installation of Wakesmith answers there", "Reconfigure the integration.")
            repairs.check_app(self.hass, self.config_entry, hello.version)
            state, early = await self._begin(connection, AppState(hello.id, hello.name, hello.version))
        except BaseException:
            await connection.close()
            raise
        await repairs.check_files(self.hass, integration)
        repairs.forget_absence(self.hass, self.config_entry)
        self._connection = connection
        self._take(state)
        for message in early:
            self._asks.hear(message)
        return connection

    async def _begin(self, connection: Connection, state: AppState) -> tuple[AppState, list[dict[str, Any]]]:
        """Return the state of the snapshot, and what was said before it: the app may ask as soon as we are there."""
        early: list[dict[str, Any]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(_SNAPSHOT_S):
                async for message in connection.messages():
                    if message.get("type") == "snapshot":
                        return take(state, message), early
                    early.append(message)
        raise CannotConnect("Wakesmith greeted and then said nothing")

    async def _stay(self, connection: Connection | None) -> None:
        """Listen; when the link is lost, open it again."""
        attempt = 0
        while True:
            if connection is not None:
                attempt = 0
                await self._listen(connection)
                if connection.replaced:
                    self._lost(Replaced("another Home Assistant connected to this app"))
                    repairs.tell_replaced(self.hass, self.config_entry)
                    return
                self._lost(CannotConnect("the connection to Wakesmith was lost"))
                connection = None
            pause = _PAUSES_S[min(attempt, len(_PAUSES_S) - 1)]
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311, not all at once
            attempt += 1
            try:
                connection = await self._connect()
                LOGGER.info("Connected to %s again", self.name)
            except InvalidAuth as error:
                self._lost(error)
                self.config_entry.async_start_reauth(self.hass)
                return
            except WakesmithError as error:
                self._lost(error)

    async def _listen(self, connection: Connection) -> None:
        try:
            async for message in connection.messages():
                try:
                    await self._hear(message)
                except (TypeError, ValueError, KeyError, AttributeError):
                    LOGGER.exception("Wakesmith said what cannot be understood: %.300s", message)
        finally:
            await connection.close()

    async def _hear(self, message: dict[str, Any]) -> None:
        if message.get("type") in ("ask", "cancel"):
            self._asks.hear(message)
            return
        state = take(self.data, message)
        if message.get("type") == "home" and state is not self.data:
            await repairs.check_files(self.hass, await async_get_integration(self.hass, DOMAIN))
        if state is not self.data:
            self._take(state, figures=message.get("type") == "event")

    @callback
    def _take(self, state: AppState, *, figures: bool = False) -> None:
        """Have entities show a state; figures that move are shown once a second."""
        happened = list(compare(self.data, state)) if self.data else []
        if figures:
            self.data = state
            self._later = self._later or async_call_later(self.hass, _FIGURES_S, self._show_later)
            return
        self._cancel_later()
        self.async_set_updated_data(state)
        for happening in happened:
            for hearer in tuple(self._hearers):
                hearer(happening)

    @callback
    def _show_later(self, _now: object) -> None:
        self._later = None
        if self._connection is not None:
            self.async_set_updated_data(self.data)

    @callback
    def _lost(self, error: WakesmithError) -> None:
        self._cancel_later()
        self._connection = None
        self._asks.leave()
        self.async_set_update_error(error)
        if self._missed is None:
            self._missed = async_call_later(self.hass, _GONE_S, self._tell_gone)

    @callback
    def _tell_gone(self, _now: object) -> None:
        self._missed = None
        if self._connection is None:
            repairs.tell_gone(self.hass, self.config_entry)

    @callback
    def _cancel_later(self) -> None:
        if self._later is not None:
            self._later()
            self._later = None

    @callback
    def _stop(self) -> None:
        self._cancel_later()
        if self._missed is not None:
            self._missed()
        self._connection = None
        self._asks.stop()

    async def _send(self, message: dict[str, Any]) -> None:
        """Say something to the app; nothing where the link is lost: whoever asked has been told by that."""
        connection = self._connection
        if connection is not None:
            with suppress(CannotConnect):
                await connection.send(message)

    @callback
    def _tell_changed(self) -> None:
        message = {"type": "changed", "what": "satellites"}
        self.config_entry.async_create_background_task(self.hass, self._send(message), f"{DOMAIN} changed")


def make_client(hass: HomeAssistant, data: Any) -> Client:
    """Return the client of an entry's data, with Home Assistant's own session."""
    ssl = bool(data.get(CONF_SSL))
    return Client(async_get_clientsession(hass), data[CONF_HOST], data[CONF_PORT], data[CONF_TOKEN], ssl=ssl)
