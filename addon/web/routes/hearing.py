"""What models hear: in a file, two of them in the same file, and whether it is the phrase at all."""

from pathlib import Path

from pydantic import BaseModel

from addon.errors import NotFound
from addon.web.bodies import SOUND_LIMIT, Form, Sound
from addon.web.fields import Asked
from addon.web.parts import Parts
from addon.web.route import Id, Route
from addon.web.routes.phrases import Told


class Hearing(Told):
    """A whole file as the device hears it.

    Attributes:
        step_s: between two probabilities.
        probabilities, means: 0..1, one a step; the mean of the window is what is compared with `cutoff`.
        cutoff: 0..255. window: steps. peak: the highest mean. detections: seconds.
    """

    step_s: float
    probabilities: list[float]
    means: list[float]
    cutoff: int
    window: int
    detections: list[float]
    peak: float


class CompareIn(Asked):
    """Two models' ids."""

    a: Id
    b: Id


class Comparison(BaseModel):
    """The same sound, heard by both."""

    a: Hearing
    b: Hearing


class Verdict(BaseModel):
    """Whether a recording holds the wake word: `confidence` is 0..1, `label` the phrase or "none"."""

    prediction: bool
    confidence: float
    label: str
    model: str


async def hear(parts: Parts, id: Id, body: Sound) -> Hearing:
    """Return what a model hears in a sound."""
    return await _hear(parts, id, body.path)


async def compare(parts: Parts, body: Form[CompareIn]) -> Comparison:
    """Return what two models hear in the same sound."""
    a = await _hear(parts, body.fields.a, body.sound.path)
    return Comparison(a=a, b=await _hear(parts, body.fields.b, body.sound.path))


async def verify(parts: Parts, body: Sound) -> Verdict:
    """Say whether a recording holds the wake word, by the best model that there is."""
    model = await parts.models.best()
    heard = await _hear(parts, model.id, body.path)
    found = bool(heard.detections)
    return Verdict(
        prediction=found,
        confidence=min(max(heard.peak, 0.0), 1.0),
        label=model.phrase if found else "none",
        model=model.id,
    )


async def _hear(parts: Parts, ident: str, path: Path) -> Hearing:
    model = await parts.models.file(ident, "tflite")
    found = await parts.assistant.ask("hear", model=str(model.absolute()), path=str(path.absolute()))
    return Hearing.model_validate(found)


ROUTES = (
    Route("POST", "models/{id}/hear", hear, cost=2, limit=SOUND_LIMIT),
    Route("POST", "models/compare", compare, cost=4, limit=SOUND_LIMIT, fails=(NotFound,)),
    Route("POST", "verify", verify, cost=2, limit=SOUND_LIMIT, fails=(NotFound,)),
)
