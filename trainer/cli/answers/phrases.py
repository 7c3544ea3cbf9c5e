"""How good a wake word is, how it is said, what it collides with, and what would be better (N5, N6, N16)."""

from dataclasses import asdict
from typing import Any

from trainer.cli.answers.params import Params
from trainer.errors import PhraseError, RecipeError
from trainer.phrase.collisions import Rival, find_collisions
from trainer.phrase.espeak import find_voice, speak_ipa
from trainer.phrase.language import detect_language, normalise_text
from trainer.phrase.plan import PhrasePlan, plan_phrase
from trainer.phrase.pronunciations import Pronunciation, parse_ipa
from trainer.phrase.pronunciations import pronounce as say_ways
from trainer.phrase.respelling import respell
from trainer.phrase.suggestions import suggest_better
from trainer.recipe import PhraseRecipe

AUTO = "auto"


def advise(params: Params) -> dict[str, Any]:
    """Answer `advise`: a phrase that cannot be a wake word is an answer too, with the verdict "impossible"."""
    text, language = params.text("text"), params.text("language", AUTO)
    rivals = params.rows("rivals")
    try:
        plan = plan_phrase(PhraseRecipe(text, language, params.texts("say")), near_misses=0, seed=0)
    except PhraseError as error:
        return _impossible(text, language, error)
    ways = [pronunciation.ipa for pronunciation in plan.pronunciations]
    return {
        "text": plan.text,
        "language": plan.language,
        "id": plan.id,
        "syllables": plan.syllables,
        "verdict": plan.advice[0].level,
        "advice": [asdict(advice) for advice in plan.advice],
        "suggestions": suggest_better(plan.text, plan.language, plan.espeak_voice, plan.advice),
        "pronunciations": _written(plan.pronunciations, plan.language),
        "collisions": [asdict(c) for c in find_collisions(plan.text, ways, (_rival(row, plan) for row in rivals))],
    }


def pronounce(params: Params) -> dict[str, Any]:
    """Answer `pronounce`: how a text is said; a respelling such as "hay JAR-vis" is one for English readers."""
    typed, language = params.text("text"), params.text("language", "en")
    text = normalise_text(typed.replace("-", ""), language)
    voice = find_voice(detect_language(text) if language == AUTO else language)
    return {
        "text": text,
        "language": voice.language,
        "pronunciations": _written(say_ways(text, voice), voice.language),
    }


def _impossible(text: str, language: str, error: PhraseError) -> dict[str, Any]:
    words = text.split()
    return {
        "text": text,
        "language": "" if language == AUTO else language,
        "id": "",
        "syllables": 0,
        "verdict": "impossible",
        "advice": [
            {
                "level": "impossible",
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "values": error.values,
            }
        ],
        "suggestions": [" ".join(words[:2])] if error.code == "phrase_long" and len(words) > 2 else [],
        "pronunciations": [],
        "collisions": [],
    }


def _written(ways: tuple[Pronunciation, ...], language: str) -> list[dict[str, str]]:
    return [{"ipa": way.ipa, "respelling": respell(way.ipa, language), "voice": way.voice} for way in ways]


def _rival(row: Params, plan: PhrasePlan) -> Rival:
    """Return a wake word to compare with; where nobody says how it is said, as the voice of its language says it."""
    phrase, ipa = row.text("phrase"), row.text("ipa", "")
    ways: tuple[str, ...] = ()
    try:
        if ipa:
            ways = (parse_ipa(ipa),)
        else:
            language = row.text("language", "")
            ways = (speak_ipa(normalise_text(phrase), find_voice(language).id if language else plan.espeak_voice),)
    except (PhraseError, RecipeError):
        pass  # an old model's odd name is no reason not to advise
    return Rival(row.text("id"), phrase, ways)
