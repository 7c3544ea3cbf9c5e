"""The whole app: composed, started, and stopped within ten seconds."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from addon.bus import Bus
from addon.composing import compose
from addon.errors import AppError
from addon.homeassistant.home import Home
from addon.homeassistant.identity import read_identity
from addon.homeassistant.installing import Installer
from addon.homeassistant.link import Link
from addon.homeassistant.notices import Notices
from addon.homeassistant.supervisor import Supervisor, find_supervisor
from addon.housekeeping import keep_copy, prepare, sweep
from addon.library.settings import begin_settings
from addon.logs import set_up_logs
from addon.options import Options, load_options
from addon.programs import trainer_command
from addon.remote import make_announcer
from addon.store import NAME, Store
from addon.web.app import build_lan, build_link, build_panel
from addon.web.guards import is_loopback
from addon.web.panel import STATIC, Panel
from addon.web.parts import Parts
from addon.web.rates import Buckets
from addon.web.server import Listener

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """The app while it runs: its parts and where it listens."""

    parts: Parts
    panel: Listener
    lan: Listener
    link: Listener


@asynccontextmanager
async def run_app(
    options: Options,
    *,
    trainer: Sequence[str] | None = None,
    buckets: Buckets | None = None,
    static: Path = STATIC,
    supervisor: Supervisor | None = None,
) -> AsyncIterator[Running]:
    """Start the whole app; leaving the context stops it.

    Args:
        trainer: the command before `train`, `serve` and `data`; by default the trainer beside this program.
        buckets: how often one may ask.
        static: where the built panel lies.
        supervisor: whom to ask about Home Assistant.

    Raises:
        AppError: the data folder or an address cannot be had.
    """
    data, trainer = options.data.absolute(), tuple(trainer or trainer_command())
    panel, lan = Listener(options.host, options.port), Listener(options.lan_host, options.lan_port)
    link = Listener(options.link_host, options.link_port)

    async def switch_lan(on: bool) -> None:
        await (lan.open(build_lan(parts)) if on else lan.close())

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await Store.open(data / NAME))
        await asyncio.to_thread(prepare, data)
        stack.push_async_callback(keep_copy, data)
        installer = Installer(Path(options.homeassistant) if options.homeassistant else None)
        home = Home(options, store, bus := Bus(), await read_identity(store), Link(), installer)
        parts = compose(options, store, bus, home, data, trainer, switch_lan, buckets or Buckets())
        stack.push_async_callback(_end, parts, panel, lan, link)
        settings = await begin_settings(store, options)
        await home.begin()
        announcer = make_announcer(parts, lambda: lan.port if lan.is_open else None, supervisor)
        stack.push_async_callback(announcer.stop)
        await announcer.start()  # before the trainings: what is made of those that a killed app left is told
        await parts.jobs.start()
        await parts.jobs.set_concurrent(settings.concurrent)
        await parts.publisher.start()
        await parts.edits.recover()
        await parts.household.start()
        await panel.open(build_panel(parts, await asyncio.to_thread(Panel, static)))
        if not (options.ingress or is_loopback(options.host)):
            _log.warning("whoever reaches this address may use the panel", extra={"address": options.host})
        await _try(link.open(build_link(parts)))
        home.link_port = link.port
        if settings.lan:
            await _try(switch_lan(True))
        await stack.enter_async_context(_meanwhile(sweep(parts.storage, data)))
        await stack.enter_async_context(_meanwhile(parts.household.sender.run()))
        await stack.enter_async_context(_meanwhile(Notices(store, bus, home.link).run()))
        if supervisor and link.is_open:
            await stack.enter_async_context(_meanwhile(home.introduce(supervisor)))
        yield Running(parts, panel, lan, link)


async def serve(options: Options) -> None:
    """Run until SIGINT or SIGTERM comes."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with run_app(options, supervisor=find_supervisor()) as running:
        _log.info("ready", extra={"panel": f"http://{running.panel.host}:{running.panel.port}", "data": options.data})
        await stop.wait()
        _log.info("stopping")
    _log.info("stopped")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app; return its exit code."""
    try:
        options = load_options(sys.argv[1:] if argv is None else argv, os.environ)
        set_up_logs(options.log_level)
        asyncio.run(serve(options))
    except AppError as error:
        sys.stderr.write(f"wakesmith: {error.message}\n{error.hint}".rstrip() + "\n")
        return 1
    return 0


@asynccontextmanager
async def _meanwhile(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Have something done beside, until it is done or the app stops; should it fail, that is logged at once."""

    async def watched() -> None:
        try:
            await work
        except Exception:
            _log.exception("what was done beside failed")

    task = asyncio.create_task(watched())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _try(opening: Awaitable[None]) -> None:
    """Listen where that can be; the panel is there to mend it where not."""
    try:
        await opening
    except AppError as error:
        _log.error("a listener stays closed: %s", error.message)


async def _end(parts: Parts, *listeners: Listener) -> None:
    """Stop all parts at once: each is firm within eight seconds, and Supervisor may give no more than ten."""
    downloads = (parts.datasets.stop(), parts.voices.stop())
    stops = (
        *(listener.close() for listener in listeners),
        parts.jobs.stop(),
        *downloads,
        parts.assistant.stop(),
        parts.household.stop(),
        parts.publisher.stop(),
    )
    for error in await asyncio.gather(*stops, return_exceptions=True):
        if isinstance(error, BaseException):
            _log.error("a part did not stop in good order", exc_info=error)
