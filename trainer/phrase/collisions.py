"""Which of the user's other wake words a phrase would be taken for (N16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.phrase.distance import Sounds, measure, tabulate
from trainer.phrase.phonemes import split_sounds

# Share of the sounds by which two phrases differ: our judgement. Of ESPHome's own wake words the nearest
# two, hey jarvis and hey mycroft, differ by 0.47; hey jarvis and hey marvin by 0.17.
ALMOST, SIMILAR = 0.2, 0.35
# A phrase is heard within another where a part of that differs by less than this share of the phrase's own sounds.
_WITHIN = 0.12
_FEWEST = 4  # sounds: less than that is part of everything


@dataclass(frozen=True)
class Rival:
    """Another wake word, and the ways in which it is said, as IPA."""

    id: str
    phrase: str
    ipa: tuple[str, ...]


@dataclass(frozen=True)
class Collision:
    """A wake word that sounds like the phrase.

    Attributes:
        distance: share of the sounds by which they differ: 0 is the same, 1 has nothing in common.
        message: what will happen, in plain words.
    """

    id: str
    phrase: str
    distance: float
    message: str


def find_collisions(text: str, ipa: Sequence[str], rivals: Iterable[Rival]) -> list[Collision]:
    """Return the rivals that sound like the phrase, the nearest first."""
    own = [split_sounds(way) for way in ipa]
    found = (_compare(text, own, rival) for rival in rivals)
    return sorted((c for c in found if c is not None), key=lambda collision: collision.distance)


def _compare(text: str, own: list[Sounds], rival: Rival) -> Collision | None:
    other = [sounds for way in rival.ipa if (sounds := split_sounds(way))]
    pairs = [(a, b) for a in own for b in other]
    if not pairs:
        return None
    distance = min(_distance(a, b) for a, b in pairs)
    named = repr(rival.phrase)
    if distance == 0:
        message = f"Sounds the same as {named}: both will answer."
    elif any(_within(b, a) for a, b in pairs):
        message = f"{named} is heard in {text!r}: saying this will wake both."
    elif any(_within(a, b) for a, b in pairs):
        message = f"{text!r} is heard in {named}: saying that will wake both."
    elif distance <= ALMOST:
        message = f"Sounds almost like {named}: each will often wake on the other."
    elif distance <= SIMILAR:
        message = f"Sounds like {named}: they may wake on each other now and then."
    else:
        return None
    return Collision(rival.id, rival.phrase, round(distance, 3), message)


def _distance(a: Sounds, b: Sounds) -> float:
    return min(1.0, float(measure(tabulate([b]), a)[0]) / max(len(a), len(b)))


def _within(part: Sounds, whole: Sounds) -> bool:
    """Say whether a part of `whole` sounds like `part`."""
    if not _FEWEST <= len(part) < len(whole):
        return False
    return float(measure(tabulate([whole]), part, 1.0, 0.0)[0]) <= _WITHIN * len(part)
