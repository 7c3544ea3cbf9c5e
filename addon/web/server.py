"""Listening: an application on an address, opened and closed while the app runs."""

import asyncio

from aiohttp import web

from addon.errors import Unavailable

_SHUTDOWN_S = 3.0  # for answers that are under way


class Listener:
    """One application on one address."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._runner: web.AppRunner | None = None
        self._switching = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._runner is not None

    async def open(self, app: web.Application) -> None:
        """Listen; `port` is then the real one. Opening an open one changes nothing.

        Raises:
            Unavailable: the address is taken.
        """
        async with self._switching:
            if self._runner is not None:
                return
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S, keepalive_timeout=75)
            await runner.setup()
            try:
                site = web.TCPSite(runner, self.host, self.port)
                await site.start()
            except OSError as error:
                await runner.cleanup()
                raise Unavailable(
                    f"{self.host}:{self.port} cannot be listened to: {error.strerror}",
                    hint="Choose another port.",
                    code="port_taken",
                ) from error
            self.port = runner.addresses[0][1]
            self._runner = runner

    async def close(self) -> None:
        """Stop listening, and end what is under way."""
        async with self._switching:
            runner, self._runner = self._runner, None
            if runner is not None:
                await runner.cleanup()
