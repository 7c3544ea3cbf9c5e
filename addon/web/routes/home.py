"""Home Assistant: what is connected, and the integration."""

from typing import Any

from addon.web.parts import Parts
from addon.web.route import Route


async def read(parts: Parts) -> dict[str, Any]:
    """Return how the app and Home Assistant are connected."""
    return parts.home.show()


ROUTES = (Route("GET", "home", read),)
