"""Which of the user's other wake words a phrase would be taken for (N16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer.errors import Values
from trainer.phrase.distance import Sounds, measure, tabulate
from trainer.phrase.phonemes import split_sounds

# Share of the sounds by which two phrases differ: our judgement. Of ESPHome's own wake words the nearest
# two, hey jarvis and hey mycroft, differ by 0.47; hey jarvis and hey marvin by 0.17.
ALMOST, SIMILAR = 0.2, 0.35
# A phrase is heard within another where a part of that differs by less than this share of the phrase's own sounds.
_WITHIN = 0.12
_FEWEST = 4  # sounds: less than that is part of everything
# What will happen, by code: the phrase is `phrase`, the rival's `other`.
MESSAGES = {
    "same": "Sounds the same as {other!r}: both will answer.",
    "holds_other": "{other!r} is heard in {phrase!r}: saying this will wake both.",
    "within_other": "{phrase!r} is heard in {other!r}: saying that will wake both.",
    "almost": "Sounds almost like {other!r}: each will often wake on the other.",
    "similar": "Sounds like {other!r}: they may wake on each other now and then.",
}


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
        code: a stable key of what will happen; message: the same in plain words, values: what it names.
    """

    id: str
    phrase: str
    distance: float
    code: str
    message: str
    values: Values


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
    if distance == 0:
        code = "same"
    elif any(_within(b, a) for a, b in pairs):
        code = "holds_other"
    elif any(_within(a, b) for a, b in pairs):
        code = "within_other"
    elif distance <= ALMOST:
        code = "almost"
    elif distance <= SIMILAR:
        code = "similar"
    else:
        return None
    values = {"phrase": text, "other": rival.phrase}
    return Collision(rival.id, rival.phrase, round(distance, 3), code, MESSAGES[code].format(**values), values)


def _distance(a: Sounds, b: Sounds) -> float:
    return min(1.0, float(measure(tabulate([b]), a)[0]) / max(len(a), len(b)))


def _within(part: Sounds, whole: Sounds) -> bool:
    """Say whether a part of `whole` sounds like `part`."""
    if not _FEWEST <= len(part) < len(whole):
        return False
    return float(measure(tabulate([whole]), part, 1.0, 0.0)[0]) <= _WITHIN * len(part)
