"""Who speaks in which split: whole voices, balanced over languages and genders, and the mixtures made of them.

Two voices of Kokoro make many speakers (N17): the timbre half of a style lies between theirs, and so does the half
that times and intones, each at its own place. A tract factor then makes every speaker larger or smaller.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.core.clips import Split
from trainer.core.seeds import generator
from trainer.errors import VoiceError
from trainer.limits import Range
from trainer.recipe import SampleRecipe
from trainer.samples.voices import EngineName, Voice

NATIVE = 0.75  # share of clips by voices of the phrase's own language, where there are any; the rest are accents
FEW = 3  # an engine of fewer voices gives none away to validation and test
# A child of five to ten beside a woman, pitch and formants together (Lee, Potamianos and Narayanan, "Acoustics of
# children's speech", JASA 105, 1999).
CHILD_TRACT = (1.15, 1.4)
SWAPPED = 0.3  # share of mixtures that take all timbre from one voice and all prosody from the other


@dataclass(frozen=True)
class Cast:
    """The voices of one split.

    Attributes:
        voices: of this split and no other, unless one voice is all that there is.
        tract: range of the tract factor.
        language: language of the phrase without region.
        children: share of the clips by women's voices that are made a child's.
    """

    voices: tuple[Voice, ...]
    tract: Range
    language: str
    children: float = 0.0

    def engines(self) -> dict[EngineName, float]:
        """Return each engine's share of the speakers.

        The square root of its number of voices: many voices deserve more clips than one, though the thousandth adds
        less than the tenth.
        """
        names: tuple[EngineName, ...] = ("piper", "kokoro")
        roots = {name: math.sqrt(sum(v.engine == name for v in self.voices)) for name in names}
        return {name: root / sum(roots.values()) for name, root in roots.items() if root}

    def draw(self, random: np.random.Generator, cheap: float = 1.0) -> Voice:
        """Draw a voice: the engine first, Piper `cheap` times as likely as its voices deserve; then native or not."""
        shares = self.engines()
        weights = np.array([share * (cheap if engine == "piper" else 1.0) for engine, share in shares.items()])
        engine = list(shares)[random.choice(len(weights), p=weights / weights.sum())]
        of_engine = [v for v in self.voices if v.engine == engine]
        native = [v for v in of_engine if is_native(v, self.language)]
        foreign = [v for v in of_engine if not is_native(v, self.language)]
        pool = native if native and (not foreign or random.random() < NATIVE) else foreign
        return pool[random.integers(len(pool))]

    def draw_tract(self, voice: Voice, random: np.random.Generator) -> float:
        """Draw a tract factor for a voice, as likely to halve as to double."""
        child = voice.gender == "f" and random.random() < self.children
        return float(np.exp(random.uniform(*np.log(CHILD_TRACT if child else self.tract))))

    def draw_partner(self, voice: Voice, random: np.random.Generator) -> Voice | None:
        """Draw a second voice to mix with the first, or None where its engine cannot mix or has no other."""
        if voice.engine != "kokoro":
            return None
        others = [v for v in self.voices if v.engine == "kokoro" and v != voice]
        native = [v for v in others if is_native(v, self.language)] or others
        pool = native if random.random() < NATIVE else others
        return pool[random.integers(len(pool))] if pool else None


def is_native(voice: Voice, language: str) -> bool:
    """Say whether a voice speaks a language ("en", "zh")."""
    return ("zh" if voice.language == "cmn" else voice.language.partition("-")[0]) == language


def cast_voices(voices: Sequence[Voice], recipe: SampleRecipe, language: str, seed: int) -> dict[Split, Cast]:
    """Share the voices out. One voice alone speaks in all splits, each with a range of tracts of its own.

    Two voices leave no test. From three on every split whose share is above zero has a voice.

    Raises:
        VoiceError: there are no voices.
    """
    if not voices:
        raise VoiceError("there are no voices to share out", code="no_voice")
    if len(voices) == 1:
        cuts = [float(cut) for cut in np.geomspace(*recipe.tract, 5)]
        # Half the range for training, a quarter for each of the others.
        ranges = {Split.TRAIN: (0, 2), Split.VALIDATION: (2, 3), Split.TEST: (3, 4)}
        return {s: Cast(tuple(voices), (cuts[low], cuts[high]), language) for s, (low, high) in ranges.items()}
    pinned = [v for v in voices if sum(other.engine == v.engine for other in voices) < FEW]
    if len(pinned) == len(voices):
        pinned = pinned[:1]
    free = _balanced([v for v in voices if v not in pinned], language, seed)
    spare = len(free) - (not pinned)  # training needs one voice
    validation = min(max(1, round(recipe.validation * len(voices))), spare)
    test = min(max(1, round(recipe.test * len(voices))), spare - validation) if recipe.test > 0 else 0
    parts = {
        Split.TRAIN: [*pinned, *free[validation + test :]],
        Split.VALIDATION: free[:validation],
        Split.TEST: free[validation : validation + test],
    }
    return {
        split: Cast(tuple(part), recipe.tract, language, recipe.children) for split, part in parts.items() if part
    }


def _balanced(voices: Sequence[Voice], language: str, seed: int) -> list[Voice]:
    """Order voices so that any run of them holds natives and others, women and men, as the whole does."""
    groups: defaultdict[tuple[bool, str], list[Voice]] = defaultdict(list)
    for voice in voices:
        groups[is_native(voice, language), voice.gender].append(voice)
    places: list[tuple[float, str, Voice]] = []
    for key, group in groups.items():
        order = generator(seed, "cast", *key).permutation(len(group))
        places += [((i + 0.5) / len(group), group[j].name, group[j]) for i, j in enumerate(order)]
    return [voice for *_, voice in sorted(places, key=lambda place: place[:2])]
