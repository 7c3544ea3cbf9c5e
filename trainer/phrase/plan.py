"""The plan of a phrase: all that later stages need to know about it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer.core.folders import write_whole
from trainer.errors import DataError
from trainer.phrase.advice import Advice, advise, check_length
from trainer.phrase.espeak import find_voice
from trainer.phrase.language import detect_language, make_id, normalise_text
from trainer.phrase.near_misses import NearMiss, find_near_misses
from trainer.phrase.phonemes import count_syllables
from trainer.phrase.pronunciations import Pronunciation, pronounce
from trainer.phrase.scripts import check_script
from trainer.phrase.similarity import Likeness
from trainer.recipe import PhraseRecipe

__all__ = ["Advice", "Likeness", "NearMiss", "PhrasePlan", "Pronunciation", "plan_phrase", "read_plan", "write_plan"]


PLAN_VERSION = 5  # raise it when plans change: runs made before are then planned again


@dataclass(frozen=True)
class PhrasePlan:
    """What is said, how, and what is not to be taken for it.

    Attributes:
        text: the phrase, normalised.
        language: its language without region ("en", "zh").
        espeak_voice: the espeak-ng voice that its first pronunciation and its near misses are spelled by ("en-us").
        id: name for files and models, [a-z0-9_].
        pronunciations: ways to say it, the likeliest first; never empty.
        near_misses: what sounds like it and is not, near ones first.
        quarantined: words and phrases too near to be taught as anything else, the likest first; no voice speaks them.
        advice: how good a wake word it is, the gravest first; never empty.
        syllables: of the first pronunciation.
    """

    text: str
    language: str
    espeak_voice: str
    id: str
    pronunciations: tuple[Pronunciation, ...]
    near_misses: tuple[NearMiss, ...]
    quarantined: tuple[Likeness, ...]
    advice: tuple[Advice, ...]
    syllables: int


def plan_phrase(recipe: PhraseRecipe, near_misses: int, seed: int) -> PhrasePlan:
    """Plan a phrase with at most `near_misses` near misses.

    Raises:
        PhraseError: the phrase is empty, too long, or cannot be said; `--say` is not IPA; the language is unknown.
    """
    text = normalise_text(recipe.text, recipe.language)
    tag = detect_language(text) if recipe.language == "auto" else recipe.language
    voice = find_voice(tag)
    if not recipe.say:
        check_script(text, voice.language)
    region = recipe.language != "auto" and any(mark in recipe.language for mark in "-_")
    pronunciations = pronounce(text, voice, recipe.say, region)
    syllables = count_syllables(pronunciations[0].ipa)
    check_length(text, syllables)
    misses: tuple[NearMiss, ...] = ()
    quarantined: tuple[Likeness, ...] = ()
    if near_misses:
        misses, quarantined = find_near_misses(text, pronunciations, voice.language, voice.id, near_misses, seed)
    return PhrasePlan(
        text=text,
        language=voice.language,
        espeak_voice=voice.id,
        id=make_id(text),
        pronunciations=pronunciations,
        near_misses=misses,
        quarantined=quarantined,
        advice=advise(text, voice.language, voice.id, pronunciations),
        syllables=syllables,
    )


def write_plan(path: Path, plan: PhrasePlan) -> None:
    """Write the plan as JSON."""
    write_whole(path, json.dumps(asdict(plan), ensure_ascii=False, indent=1) + "\n")


def read_plan(path: Path) -> PhrasePlan:
    """Read a plan.

    Raises:
        DataError: the file is missing or not a plan.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        parts = {
            "pronunciations": tuple(Pronunciation(**row) for row in data["pronunciations"]),
            "near_misses": tuple(NearMiss(**row) for row in data["near_misses"]),
            "quarantined": tuple(Likeness(**row) for row in data["quarantined"]),
            "advice": tuple(Advice(**row) for row in data["advice"]),
        }
        return PhrasePlan(**(data | parts))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not the plan of a phrase: {error}", hint="Plan the phrase again.") from error
