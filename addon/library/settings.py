"""What the user chose in the panel, over what the options say."""

from dataclasses import dataclass
from typing import Any

from addon.options import Options
from addon.store import Store


@dataclass(frozen=True)
class Settings:
    """Choices.

    Attributes:
        concurrent: trainings at a time.
        lan: whether satellites may fetch models.
        language: of new phrases, "auto" to find it out.
    """

    concurrent: int
    lan: bool
    language: str = "auto"


async def read_settings(store: Store, options: Options) -> Settings:
    """Return the choices."""
    found = await store.settings.all()
    known = {name: found[name] for name in Settings.__dataclass_fields__ if name in found}
    return Settings(**({"concurrent": options.concurrent, "lan": options.lan} | known))


async def change_settings(store: Store, options: Options, values: dict[str, Any]) -> Settings:
    """Keep choices and return all of them."""
    for name, value in values.items():
        await store.settings.put(name, value)
    return await read_settings(store, options)
