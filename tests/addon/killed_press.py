"""A press that is killed at its n-th touch of the disk: killed_press.py FOLDER WHAT N. Exit code 0: it was not."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from tests.addon.pressroom import pressroom

KILLED = 9


def kill_at(touch: int) -> None:
    """End this process, as a power cut would, when it has touched the disk so often."""
    count = 0

    def dying(real: Any) -> Any:
        def touching(*args: Any) -> Any:
            nonlocal count
            count += 1
            if count == touch:
                os._exit(KILLED)
            return real(*args)

        return touching

    os.fsync = dying(os.fsync)
    Path.replace = dying(Path.replace)  # type: ignore[method-assign]


async def main(folder: Path, what: str, touch: int) -> None:
    async with pressroom(folder) as room:
        if not await room.models.all():
            await room.add()
            await room.add()
            if what == "withdraw":
                await room.publisher.publish("hey_jarvis_v1")
        kill_at(touch)
        if what == "publish":
            await room.publisher.publish("hey_jarvis_v1")
        elif what == "apply":
            await room.edits.apply("kitchen.yaml", "hey_jarvis_v1")
        else:
            await room.publisher.withdraw("hey_jarvis")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
