"""Advice, pronunciations and collisions as the helper process answers them."""

from collections.abc import Iterator

import pytest
from helper import Helper

from trainer.phrase.collisions import Rival, find_collisions
from trainer.phrase.espeak import find_voice, speak_ipa
from trainer.phrase.respelling import respell
from trainer.phrase.sounds import _letters

KEYS = {"text", "language", "id", "syllables", "verdict", "advice", "suggestions", "pronunciations", "collisions"}


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    yield helper
    assert helper.end() == 0


def test_a_good_phrase(helper: Helper) -> None:
    said = helper.ask("advise", text="  Hey  Wakesmith! ", language="auto")
    assert set(said) == KEYS
    assert (said["text"], said["language"], said["id"], said["syllables"]) == (
        "hey wakesmith",
        "en",
        "hey_wakesmith",
        3,
    )
    assert said["verdict"] == said["advice"][0]["level"] == "good"
    assert said["suggestions"] == said["collisions"] == []
    assert said["pronunciations"][0] == {"ipa": "hˈeɪ wˈeɪksmɪθ", "respelling": "hay WAYK-smith", "voice": "en-us"}


def test_a_poor_phrase_and_better_ones(helper: Helper) -> None:
    said = helper.ask("advise", text="light", language="en")
    assert said["verdict"] == "poor"
    assert {"level", "code", "message", "hint", "values"} == set(said["advice"][0])
    assert said["suggestions"]
    ranks = ("good", "fair")
    for better in said["suggestions"]:
        assert "light" in better
        assert helper.ask("advise", text=better, language="en")["verdict"] in ranks


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "phrase_empty"), ("\N{GRINNING FACE}", "phrase_symbols"), ("привет 你好", "phrase_script"),
     ("turn on all the lights in the kitchen and the hall", "phrase_long")],
)  # fmt: skip
def test_what_cannot_be_a_wake_word_is_an_answer(helper: Helper, text: str, code: str) -> None:
    said = helper.ask("advise", text=text)
    assert set(said) == KEYS
    assert said["verdict"] == "impossible"
    assert [advice["code"] for advice in said["advice"]] == [code]
    assert said["suggestions"] == (["turn on"] if code == "phrase_long" else [])


def test_the_users_own_pronunciation_counts(helper: Helper) -> None:
    said = helper.ask("advise", text="hey jarvis", language="en", say=["heɪ ˈdʒɑːvɪs"])
    assert [way["ipa"] for way in said["pronunciations"]] == ["heɪ ˈdʒɑːvɪs"]
    assert helper.ask("advise", text="hey jarvis", say=["xx!§"])["advice"][0]["code"] == "ipa"


def test_collisions_with_the_users_models(helper: Helper) -> None:
    rivals = [
        {"id": "far", "phrase": "okay nabu", "ipa": "oʊkˈeɪ nˈɑːbuː"},
        {"id": "near", "phrase": "hey marvin", "ipa": None},
        {"id": "within", "phrase": "jarvis", "ipa": ""},
        {"id": "odd", "phrase": "\N{GRINNING FACE}", "ipa": ""},
    ]
    found = helper.ask("advise", text="hey jarvis", language="en", rivals=rivals)["collisions"]
    assert [row["id"] for row in found] == ["within", "near"]
    assert set(found[0]) == {"id", "phrase", "distance", "code", "message", "values"}
    assert [row["code"] for row in found] == ["holds_other", "almost"]
    assert found[0]["values"] == {"phrase": "hey jarvis", "other": "jarvis"}
    assert "'jarvis' is heard in 'hey jarvis'" in found[0]["message"]


def test_a_respelling_is_read_back(helper: Helper) -> None:
    said = helper.ask("pronounce", text="hay JAR-vis")
    assert said["pronunciations"][0]["ipa"] == "hˈeɪ dʒˈɑːɹvɪs"
    assert helper.ask("pronounce", text="guten Morgen", language="de")["pronunciations"][0]["voice"] == "de"


@pytest.mark.parametrize(
    ("text", "language", "plain"),
    [("hey jarvis", "en", "hay JAR-vis"), ("computer", "en", "kuhm-PYOO-ter"), ("okay nabu", "en", "oh-KAY NAH-boo"),
     ("hey jarvis", "en-gb", "hay JAH-vis"), ("ivory tower", "en", "EYE-ver-ree TOW-er"),
     ("guten morgen", "de", "GOO-tuhn MOR-guhn"), ("hola señor", "es", "OH-la seh-NYOR"),
     ("привет", "ru", "pree-VET")],
)  # fmt: skip
def test_respelling(text: str, language: str, plain: str) -> None:
    voice = find_voice(language)
    assert respell(speak_ipa(text, voice.id), voice.language) == plain


def test_every_sound_has_plain_letters() -> None:
    for letter in _letters():
        written = respell(f"{letter}ˈa")
        assert written.isascii(), letter
        assert written


def collide(text: str, other: str) -> tuple[float, str] | None:
    ways = [speak_ipa(phrase, "en-us") for phrase in (text, other)]
    found = find_collisions(text, ways[:1], [Rival("x", other, (ways[1],))])
    return (found[0].distance, found[0].message) if found else None


def test_how_near_is_told_in_words() -> None:
    same, almost, similar = (collide("hey jarvis", other) for other in ("hay jarvis", "hi jarvis", "hey travis"))
    assert same is not None
    assert almost is not None
    assert similar is not None
    assert same[0] == 0 < almost[0] < similar[0] < 0.5
    assert ["same" in same[1], "almost" in almost[1], "now and then" in similar[1]] == [True] * 3
    assert collide("hey jarvis", "okay nabu") is None
    within = collide("jarvis", "hey jarvis please")
    assert within is not None
    assert "saying that will wake both" in within[1]
