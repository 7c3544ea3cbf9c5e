"""What sending a model to a satellite would do, before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from addon.errors import AppError, Conflict
from addon.fleet import Delivery, Satellite
from addon.satellites.means import Editor


@dataclass(frozen=True)
class Preview:
    """What sending a model to a satellite would do.

    Attributes:
        diff: of its YAML file. `notes`: what to know before.
        error: why it cannot be sent, as the API says it.
    """

    satellite: str
    delivery: Delivery
    diff: str = ""
    notes: tuple[Mapping[str, Any], ...] = field(default=())
    error: Mapping[str, Any] | None = None


async def preview(editor: Editor, model: str, satellite: Satellite) -> Preview:
    """Look what would become of a satellite's YAML file, if it has one that would be changed."""
    if satellite.delivery is Delivery.NONE:
        return Preview(satellite.id, satellite.delivery, error=refusal(satellite).told())
    if satellite.delivery is Delivery.EXTERNAL or satellite.configuration is None:
        return Preview(satellite.id, satellite.delivery)
    try:
        change = await editor.preview(satellite.configuration, model)
    except AppError as error:
        return Preview(satellite.id, satellite.delivery, error=error.told())
    notes = tuple(note.told() for note in change.notes)
    return Preview(satellite.id, satellite.delivery, change.diff, notes)


def refusal(satellite: Satellite) -> Conflict:
    """Return why a satellite takes no model, as an error."""
    return Conflict(f"{satellite.name}: {satellite.message}", satellite.hint, satellite.code, satellite.values)
