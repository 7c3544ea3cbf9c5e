"""Who this installation is, made at the first start and kept: its id, and the token of its link."""

import secrets
import uuid
from dataclasses import dataclass, field

from addon.store import Store

# Their names in the settings.
INSTALLATION, TOKEN, INTEGRATION, VERSION = "installation", "link_token", "integration", "integration_version"
_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Identity:
    """This installation.

    Attributes:
        id: 32 hexadecimal digits, for ever: what MQTT and Home Assistant know it by.
        token: what Home Assistant's integration shows.
    """

    id: str
    token: str = field(repr=False)


async def read_identity(store: Store) -> Identity:
    """Return who this installation is; the first call makes it."""
    found = await store.settings.all()
    made = {INSTALLATION: uuid.uuid4().hex, TOKEN: secrets.token_urlsafe(_TOKEN_BYTES)}
    for name, value in made.items():
        if name not in found:
            await store.settings.put(name, value)
    return Identity(**{key: found.get(name, made[name]) for key, name in (("id", INSTALLATION), ("token", TOKEN))})


async def met_integration(store: Store) -> str | None:
    """Return the version of the integration that said hello last; None where none is set up.

    It is set up from its first hello until its entry is removed.
    """
    found = await store.settings.all()
    return str(found.get(VERSION, "")) if found.get(INTEGRATION) else None


async def note_integration(store: Store, version: str) -> None:
    """Keep that Home Assistant's integration is set up."""
    await store.settings.put(VERSION, version)
    await store.settings.put(INTEGRATION, True)


async def forget_integration(store: Store) -> None:
    """Keep that its entry was removed."""
    await store.settings.put(INTEGRATION, False)
