"""What the user chose: in the panel or in the app's options, whichever was changed last."""

from dataclasses import dataclass
from typing import Any

from addon.options import Options
from addon.store import Store

_OPTIONAL = ("concurrent", "lan")  # what both offer
_BEFORE = "options"  # the setting that keeps what the options said when the panel's choices were made


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


async def begin_settings(store: Store, options: Options) -> Settings:
    """Return the choices as the app starts: an option that was changed since overrules the panel's choice."""
    found = await store.settings.all()
    before = found.get(_BEFORE, {})
    for name in _OPTIONAL:
        if name in found and before.get(name, getattr(options, name)) != getattr(options, name):
            await store.settings.delete(name)
    await store.settings.put(_BEFORE, {name: getattr(options, name) for name in _OPTIONAL})
    return await read_settings(store, options)


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
