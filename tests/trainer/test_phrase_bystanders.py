"""Words in the phrase's rhythm, and other wake words: heard as negatives, though nothing in them is near."""

import numpy as np
import pytest

from trainer.phrase.bystanders import WAKE_WORDS, find_bystanders, rhythm_of
from trainer.phrase.lexicon import speak_lexicon
from trainer.phrase.plan import PhrasePlan, plan_phrase
from trainer.recipe import PhraseRecipe


def plan(text: str, language: str = "auto", near_misses: int = 200, seed: int = 1) -> PhrasePlan:
    return plan_phrase(PhraseRecipe(text=text, language=language), near_misses, seed)


@pytest.mark.parametrize(
    ("ipa", "rhythm"),
    [
        ("ɐθˈiːnə", (False, True, False)),
        ("smˈɑːɹt", (True,)),
        ("mˈɪɹɚ", (True, False)),
        ("kəmpjˈuːɾɚ", (False, True, False)),
    ],
)
def test_a_rhythm_is_where_the_stress_lies(ipa: str, rhythm: tuple[bool, ...]) -> None:
    assert rhythm_of(ipa) == rhythm


def test_every_word_of_the_phrase_has_one_of_its_rhythm() -> None:
    lexicon = speak_lexicon("en", "en-us")
    drawn = find_bystanders(["smˈɑːɹt", "mˈɪɹɚ"], lexicon, 50, np.random.default_rng(1))
    assert len(set(drawn)) == 50
    for text, ipa in drawn:
        assert len(text.split()) == 2
        assert [rhythm_of(part) for part in ipa.split()] == [(True,), (True, False)]


def test_they_are_a_third_of_the_near_misses_and_the_phrase_is_none() -> None:
    made = plan("alexa")
    texts = {why: [miss.text for miss in made.near_misses if miss.why == why] for why in ("rhythm", "wake word")}
    assert len(texts["rhythm"]) == 50
    assert set(texts["wake word"]) < set(WAKE_WORDS)
    assert "alexa" not in texts["wake word"]
    assert "alexa" in {miss.text for miss in plan("athena").near_misses}


@pytest.mark.parametrize(("text", "language"), [("привет дом", "auto"), ("你好小智", "auto"), ("გამარჯობა", "ka")])
def test_other_languages_have_them(text: str, language: str) -> None:
    made = plan(text, language)
    assert sum(miss.why == "wake word" for miss in made.near_misses) >= 8
    # Words of a language without a list of its own are borrowed: few have the rhythm of a long Georgian one.
    assert language == "ka" or any(miss.why == "rhythm" for miss in made.near_misses)
