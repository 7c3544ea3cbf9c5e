"""Lines from a child process, with limits: none is too long, none comes too fast, and none is waited for for ever."""

import asyncio
import time
from collections.abc import AsyncGenerator

LONGEST = 64 * 1024  # bytes of a line; events are far shorter
CHUNK = 64 * 1024
FASTEST = 4000  # lines a second that are taken; beyond that the pipe fills and the child waits


async def read_lines(stream: asyncio.StreamReader, longest: int = LONGEST) -> AsyncGenerator[bytes | None, None]:
    """Yield lines without their ends; None stands for one that was too long. Ends at the end of the stream.

    Other work has its turn between chunks, and a flood is held back to `FASTEST`.
    """
    rest, skipping = b"", False
    pace = Pace(FASTEST)
    while chunk := await stream.read(CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield None if skipping or len(line) > longest else line.rstrip(b"\r")
            skipping = False
        if len(rest) > longest:
            rest, skipping = b"", True
        await pace.wait(len(lines))
    if rest or skipping:
        yield None if skipping else rest


class Pace:
    """Lets so many a second through, on average over a second."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._count, self._began = 0, time.monotonic()

    async def wait(self, count: int) -> None:
        """Count, and wait as long as it takes to stay below the rate."""
        self._count += count
        passed = time.monotonic() - self._began
        if passed > 1.0:
            self._count, self._began = count, time.monotonic()
        elif self._count > self.most:
            await asyncio.sleep(1.0 - passed)
        else:
            await asyncio.sleep(0)
