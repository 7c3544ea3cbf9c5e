"""The machine and the disk."""

import platform
from typing import Any

from pydantic import BaseModel

from addon.errors import AppError
from addon.library.storage import Cleanable
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Route

_MB = 1e6


class System(BaseModel):
    """What there is: `hardware` as the helper finds it, or null when it cannot be asked; sizes in MB."""

    hardware: dict[str, Any] | None
    storage: dict[str, float]
    free_mb: float
    versions: dict[str, str]
    lan_port: int
    takes_recordings: bool


class CleanIn(Asked):
    """What may go; by default what costs nothing but time to make again, and the trash."""

    what: tuple[Cleanable, ...] = (Cleanable.PREVIEWS, Cleanable.TRASH)


class Cleaned(BaseModel):
    """What it brought."""

    freed_mb: float


async def read(parts: Parts) -> System:
    """Return hardware, storage and versions."""
    try:
        hardware = await parts.assistant.ask("hardware")
    except AppError:
        hardware = None
    sizes = await parts.storage.sizes()
    return System(
        hardware=hardware,
        storage={kind: round(size / _MB, 3) for kind, size in sizes.items()},
        free_mb=round(parts.storage.free() / _MB, 1),
        versions={
            "wakesmith": parts.version,
            "python": platform.python_version(),
            **{str(k): str(v) for k, v in ((hardware or {}).get("versions") or {}).items()},
        },
        lan_port=parts.options.lan_port,
        takes_recordings=bool(parts.options.lan_token),
    )


async def clean(parts: Parts, body: CleanIn) -> Cleaned:
    """Remove what may go."""
    return Cleaned(freed_mb=round(await parts.storage.clean(body.what) / _MB, 3))


ROUTES = (
    Route("GET", "system", read, cost=0.25),
    Route("POST", "system/clean", clean, cost=1),
)
