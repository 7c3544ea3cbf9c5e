"""The app's parts, made from its options; nothing runs yet."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import metadata
from pathlib import Path

from addon.assistant import Assistant
from addon.bus import Bus
from addon.homeassistant.home import Home
from addon.jobs import JobManager, Surveyor
from addon.jobs.processes import mark
from addon.library.downloads import Downloads
from addon.library.fetching import FETCHED, DataProgram, VoiceProgram
from addon.library.models import ModelLibrary
from addon.library.previews import Previews
from addon.library.samples import SampleLibrary
from addon.library.storage import Storage
from addon.options import Options
from addon.programs import child_environment
from addon.publish.edits import Edits
from addon.publish.publisher import Publisher
from addon.satellites.household import make_household
from addon.store import Store
from addon.web.parts import Parts
from addon.web.rates import Buckets


def compose(
    options: Options,
    store: Store,
    bus: Bus,
    home: Home,
    data: Path,
    trainer: Sequence[str],
    switch_lan: Callable[[bool], Awaitable[None]],
    buckets: Buckets,
) -> Parts:
    """Make the parts of one app, each knowing those that it needs."""
    assistant = Assistant((*trainer, "serve"), child_environment(data), idle_s=options.assistant_minutes * 60)
    models = ModelLibrary(store, bus, data)
    command, env = tuple(trainer), child_environment(data) | mark(data / FETCHED)
    datasets = Downloads(bus, DataProgram(command, env, data))
    survey = Surveyor(assistant, datasets.missing)
    publisher = Publisher(store, bus, models, data, options.homeassistant, command, env)
    edits = Edits(models, options.homeassistant)
    house = make_household(options, store, bus, home.link, publisher, edits, child_environment(), home.changed)
    home.tell_esphome, home.tell_mdns = house.esphome.show, house.roster.tell_mdns
    home.has_dashboard = lambda: house.roster.dashboard
    return Parts(
        options=options,
        store=store,
        bus=bus,
        assistant=assistant,
        jobs=JobManager(store, bus, options, data, models.adopt, trainer, survey=survey),
        models=models,
        samples=SampleLibrary(store, bus, assistant, data),
        previews=Previews(assistant, data),
        datasets=datasets,
        voices=Downloads(bus, VoiceProgram(command, env)),
        storage=Storage(store, data),
        home=home,
        household=house,
        publisher=publisher,
        edits=edits,
        switch_lan=switch_lan,
        buckets=buckets,
        version=_version(),
    )


def _version() -> str:
    try:
        return metadata.version("wakesmith")
    except metadata.PackageNotFoundError:
        return "0"
