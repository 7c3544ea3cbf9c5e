"""Phrases and voices: what the trainer's helper says before anything long starts."""

from collections.abc import Sequence
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from addon.records import Model
from addon.web.fields import Asked, Language, Line, Phrase, Text
from addon.web.parts import Parts
from addon.web.route import Route

SayList = Annotated[tuple[Text, ...], Field(max_length=50)]


class AdviseIn(Asked):
    """A phrase as it is typed."""

    text: Phrase
    language: Language = "auto"
    say: SayList = ()


class PreviewIn(Asked):
    """Something to be spoken."""

    text: Phrase
    language: Language = "auto"
    ipa: Line | None = None
    voice: Text


class PronounceIn(Asked):
    """Something to be pronounced; a respelling such as "hay JAR-vis" too."""

    text: Phrase
    language: Language = "en"


class Told(BaseModel):
    """What the helper answers; it may say more than is written here."""

    model_config = ConfigDict(extra="allow")


class Remark(Told):
    """One piece of advice."""

    level: str
    message: str


class Pronunciation(Told):
    """How a voice would say it."""

    ipa: str
    respelling: str
    voice: str


class Collision(Told):
    """Another of the user's models that it may be mistaken for; `distance` is 0 for the same sounds."""

    id: str
    phrase: str
    distance: float
    message: str


class Advice(Told):
    """How good a wake word it is, and why."""

    text: str
    language: str
    id: str
    syllables: int
    verdict: Literal["good", "fair", "poor", "impossible"]
    advice: list[Remark]
    suggestions: list[str]
    pronunciations: list[Pronunciation]
    collisions: list[Collision]


class Pronounced(Told):
    """The ways in which a text is said, the likeliest first."""

    text: str
    language: str
    pronunciations: list[Pronunciation]


class Voice(Told):
    """A voice that can speak."""

    id: str
    engine: str
    name: str
    language: str
    installed: bool
    licence: str
    size_mb: float | None = None


async def advise(parts: Parts, body: AdviseIn) -> Advice:
    """Say how good a wake word a phrase is."""
    rivals = _rivals(await parts.models.all())
    found = Advice.model_validate(
        await parts.assistant.ask("advise", text=body.text, language=body.language, say=list(body.say), rivals=rivals)
    )
    nearest: dict[str, Collision] = {}
    for collision in found.collisions:
        nearest.setdefault(collision.id, collision)
    return found.model_copy(update={"collisions": list(nearest.values())})


def _rivals(models: Sequence[Model]) -> list[dict[str, str]]:
    """Return a row for each way in which a wake word was taught to be said; of each word the newest version."""
    newest = {model.word: model for model in models}
    return [
        {"id": m.id, "phrase": m.phrase, "language": m.language, "ipa": way}
        for m in newest.values()
        for way in m.ipa or ("",)
    ]


async def pronounce(parts: Parts, body: PronounceIn) -> Pronounced:
    """Say how a text is pronounced."""
    return Pronounced.model_validate(await parts.assistant.ask("pronounce", text=body.text, language=body.language))


async def preview(parts: Parts, body: PreviewIn) -> web.StreamResponse:
    """Speak a phrase."""
    path = await parts.previews.get(body.text, body.language, body.ipa, body.voice)
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})


async def voices(parts: Parts) -> list[Voice]:
    """List the voices that can speak."""
    found = await parts.assistant.ask("voices")
    return [Voice.model_validate(voice) for voice in found["voices"]]


ROUTES = (
    Route("POST", "phrases/advise", advise, cost=0.25),
    Route("POST", "phrases/pronounce", pronounce, cost=0.25),
    Route("POST", "phrases/preview", preview, cost=1, media="audio/wav"),
    Route("GET", "voices", voices, cost=0.25),
)
