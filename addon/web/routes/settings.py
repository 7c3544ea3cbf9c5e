"""Settings, and saved *Advanced* choices."""

from typing import Annotated

from pydantic import Field, StringConstraints

from addon.library.settings import Settings, change_settings, read_settings
from addon.records import Profile
from addon.web.fields import Asked, Language
from addon.web.parts import Parts
from addon.web.route import Route
from addon.web.routes.jobs import JobIn

ProfileName = Annotated[str, StringConstraints(pattern=r"^[\w][\w .+-]{0,63}$")]


class SettingsChange(Asked):
    """What the user may choose."""

    concurrent: Annotated[int, Field(ge=1, le=8)] | None = None
    lan: bool | None = None
    language: Language | None = None


async def read(parts: Parts) -> Settings:
    """Return what is chosen."""
    return await read_settings(parts.store, parts.options)


async def change(parts: Parts, body: SettingsChange) -> Settings:
    """Choose; it takes effect at once."""
    if body.lan is not None:
        await parts.switch_lan(body.lan)  # first: nothing is kept that cannot be
    chosen = await change_settings(parts.store, parts.options, body.model_dump(exclude_none=True))
    await parts.jobs.set_concurrent(chosen.concurrent)
    return chosen


async def list_profiles(parts: Parts) -> list[Profile]:
    """List saved choices."""
    return await parts.store.profiles.all()


async def save(parts: Parts, name: ProfileName, body: JobIn) -> Profile:
    """Save choices under a name, new or not."""
    profile = Profile(name, body.record())
    await parts.store.profiles.put(profile)
    return profile


async def forget(parts: Parts, name: ProfileName) -> None:
    """Delete saved choices."""
    await parts.store.profiles.delete(name)


ROUTES = (
    Route("GET", "settings", read),
    Route("PATCH", "settings", change, cost=0.25),
    Route("GET", "profiles", list_profiles),
    Route("PUT", "profiles/{name}", save),
    Route("DELETE", "profiles/{name}", forget, status=204),
)
