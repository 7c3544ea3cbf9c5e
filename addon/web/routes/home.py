"""Home Assistant: what is connected, and the integration."""

from typing import Any

from addon.errors import Conflict, NotFound, Unavailable
from addon.web.parts import Parts
from addon.web.route import Route


async def read(parts: Parts) -> dict[str, Any]:
    """Return how the app and Home Assistant are connected."""
    await parts.home.look()
    return parts.home.show()


async def install(parts: Parts) -> dict[str, Any]:
    """Put the integration into Home Assistant's folder, or update it; Home Assistant loads it when it starts."""
    await parts.home.install()
    return parts.home.show()


async def remove(parts: Parts) -> None:
    """Take the integration away."""
    await parts.home.remove()


async def allow_esphome(parts: Parts) -> dict[str, Any]:
    """Allow an ESPHome of our own, and install it; compilers come with the first compilation."""
    await parts.household.esphome.allow()
    return parts.home.show()


async def forbid_esphome(parts: Parts) -> None:
    """Remove the ESPHome of our own, with all that it built."""
    await parts.household.esphome.forbid()


ROUTES = (
    Route("GET", "home", read, cost=0.25),
    Route("POST", "home/integration", install, cost=1, fails=(Conflict, Unavailable)),
    Route("POST", "home/esphome", allow_esphome, cost=1, fails=(Unavailable,)),
    Route("DELETE", "home/esphome", forbid_esphome, status=204, cost=1, fails=(NotFound,)),
    Route("DELETE", "home/integration", remove, status=204, cost=1, fails=(Conflict, NotFound, Unavailable)),
)
