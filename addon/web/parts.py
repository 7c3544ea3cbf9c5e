"""What the handlers work with: the app's parts, handed to each of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from addon.assistant import Assistant
from addon.bus import Bus
from addon.homeassistant.home import Home
from addon.jobs import JobManager
from addon.library.downloads import Downloads
from addon.library.models import ModelLibrary
from addon.library.previews import Previews
from addon.library.samples import SampleLibrary
from addon.library.storage import Storage
from addon.options import Options
from addon.publish.edits import Edits
from addon.publish.publisher import Publisher
from addon.satellites.household import Household
from addon.store import Store
from addon.web.rates import Buckets


@dataclass(frozen=True)
class Parts:
    """The composed app.

    Attributes:
        datasets, voices: what can be downloaded.
        home: the connections to Home Assistant, its link among them.
        household: the satellites, what is sent to them, and an ESPHome of our own.
        edits: of devices' YAML.
        switch_lan: opens or closes the LAN listener.
        buckets: how often whom may ask for what is expensive.
        version: of the app.
    """

    options: Options
    store: Store
    bus: Bus
    assistant: Assistant
    jobs: JobManager
    models: ModelLibrary
    samples: SampleLibrary
    previews: Previews
    datasets: Downloads
    voices: Downloads
    storage: Storage
    home: Home
    household: Household
    publisher: Publisher
    edits: Edits
    switch_lan: Callable[[bool], Awaitable[None]]
    buckets: Buckets
    version: str


PARTS = web.AppKey("parts", Parts)
