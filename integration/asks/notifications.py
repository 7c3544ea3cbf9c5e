"""Notifications in Home Assistant, with a link to the panel's page."""

from typing import Any

from homeassistant.components import persistent_notification

from ..const import CONF_APP, DOMAIN
from .asking import Asking


async def notify(asking: Asking) -> dict[str, Any]:
    """Show a notification, or change the one of the same tag."""
    page = str(asking.params.get("page") or "")
    link = _link(asking, page)
    message = asking.text("message") + (f"\n\n[{asking.text('title')}]({link})" if link else "")
    persistent_notification.async_create(asking.hass, message, asking.text("title"), _ident(asking))
    return {}


async def dismiss(asking: Asking) -> dict[str, Any]:
    """Take one away; nothing where there is none."""
    persistent_notification.async_dismiss(asking.hass, _ident(asking))
    return {}


def _ident(asking: Asking) -> str:
    return f"{DOMAIN}_{asking.text('tag')}"


def _link(asking: Asking, page: str) -> str:
    """Return the address of the panel's page in Home Assistant; "" where the app does not run under Supervisor."""
    if app := asking.entry.data.get(CONF_APP):
        return f"/app/{app}/{page}"
    coordinator = getattr(asking.entry, "runtime_data", None)  # none while the entry is being set up
    state = coordinator.data if coordinator else None
    panel = state.home.get("panel") if state else None
    return f"{panel}/{page}" if panel else ""
