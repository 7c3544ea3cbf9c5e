"""What the user is asked to put right: an app too old or too new, an app that is gone, a restart that is due."""

import json
import re
from pathlib import Path
from typing import Any

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import DOMAIN as CORE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import Integration

from .const import DOMAIN, NEWEST_MAJOR, OLDEST_APP
from .errors import Incompatible

RESTART = "restart_needed"
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


@callback
def check_app(hass: HomeAssistant, entry: ConfigEntry[Any], version: str) -> None:
    """Create or delete the issue of an app that is not of our time.

    Raises:
        Incompatible: it is not; the link would not be understood.
    """
    code = age(version)
    for key in ("app_too_old", "app_too_new"):
        if key != code:
            ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")
    if code:
        values = {"name": entry.title, "version": version, "oldest": ".".join(map(str, OLDEST_APP))}
        _create(hass, f"{code}_{entry.entry_id}", code, values)
        raise Incompatible(f"this integration cannot talk to Wakesmith {version}", code=code)


def age(version: str) -> str:
    """Return "app_too_old", "app_too_new", or "" where we know how to talk to that version of the app."""
    found = _VERSION.match(version)
    if found is None:
        return ""  # a version of someone's own: he knows what he does
    told = tuple(int(part) for part in found.groups())
    if told < OLDEST_APP:
        return "app_too_old"
    return "app_too_new" if told[0] > NEWEST_MAJOR else ""


async def check_files(hass: HomeAssistant, integration: Integration) -> None:
    """Create or delete the issue that other files than those that are loaded lie in `custom_components/`."""
    there = await hass.async_add_executor_job(_version, integration.file_path / "manifest.json")
    if there in ("", str(integration.version)):
        ir.async_delete_issue(hass, DOMAIN, RESTART)
        return
    values = {"loaded": str(integration.version), "installed": there}
    ir.async_create_issue(
        hass,
        DOMAIN,
        RESTART,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=RESTART,
        translation_placeholders=values,
        data=dict(values),
    )


@callback
def tell_gone(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Create the issue of an app that has not been there for long."""
    _create(hass, f"app_gone_{entry.entry_id}", "app_gone", {"name": entry.title})


@callback
def tell_replaced(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Create the issue of an app that talks to another Home Assistant."""
    _create(hass, f"replaced_{entry.entry_id}", "replaced", {"name": entry.title})


@callback
def forget_absence(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Delete both: the app is there."""
    for key in ("app_gone", "replaced"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


@callback
def forget_all(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Delete all issues of an entry that is removed."""
    for key in ("app_gone", "replaced", "app_too_old", "app_too_new"):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


def _create(hass: HomeAssistant, ident: str, key: str, values: dict[str, str]) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        ident,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders=values,
    )


def _version(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it was removed: nothing that a restart would mend


class RestartFlow(ConfirmRepairFlow):
    """Restart Home Assistant when the user agrees."""

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> Any:
        """Ask, then restart."""
        if user_input is not None:
            await self.hass.services.async_call(CORE, "restart")
        return await super().async_step_confirm(user_input)


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """Return the flow that puts an issue right."""
    return RestartFlow()
