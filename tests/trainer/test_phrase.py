import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trainer.errors import DataError, PhraseError, RecipeError
from trainer.phrase.advice import advise
from trainer.phrase.espeak import find_voice, list_voices, speak_ipa
from trainer.phrase.language import detect_language, make_id, normalise_text
from trainer.phrase.lexicon import read_lexicon
from trainer.phrase.phonemes import count_syllables, split_ipa, split_sounds
from trainer.phrase.plan import plan_phrase, read_plan, write_plan
from trainer.phrase.pronunciations import Pronunciation, parse_ipa, pronounce
from trainer.phrase.reduction import reduce_vowels
from trainer.recipe import PhraseRecipe
from trainer.samples.script import FOREIGN


def plan(text, near_misses=0, seed=1, **choices):
    return plan_phrase(PhraseRecipe(text=text, **choices), near_misses, seed)


@pytest.mark.parametrize(
    ("typed", "text", "language", "name"),
    [
        ("Hey,  Jarvis!", "hey jarvis", "en", "hey_jarvis"),
        ("Hallo Computer", "hallo computer", "de", "hallo_computer"),
        ("Grüße Straße", "grüße straße", "de", "grusse_strasse"),
        ("olá casa", "olá casa", "pt", "ola_casa"),
        ("cześć dom", "cześć dom", "pl", "czesc_dom"),
        ("Привет, дом", "привет дом", "ru", "privet_dom"),
        ("Ок, гугл", "ок гугл", "ru", "ok_gugl"),
        ("привіт дім", "привіт дім", "uk", "privit_dim"),
        ("здравей къща", "здравей къща", "bg", "zdravey_kshcha"),
        ("γεια σου", "γεια σου", "el", "geia_soy"),
        ("你好小智", "你好小智", "zh", "ni_hao_xiao_zhi"),
        ("こんにちは", "こんにちは", "ja", "konnichiha"),
        ("안녕 하세요", "안녕 하세요", "ko", "annyeong_haseyo"),
        ("नमस्ते घर", "नमस्ते घर", "hi", "nmste_ghr"),
        ("ＯＫ　ＮＡＢＵ", "ok nabu", "en", "ok_nabu"),
        ("hey minerva", "hey minerva", "en", "hey_minerva"),
        ("ok maison", "ok maison", "fr", "ok_maison"),
        ("what’s up", "what's up", "en", "whats_up"),
    ],
)
def test_text_language_and_id(typed, text, language, name):
    assert normalise_text(typed) == text
    assert detect_language(text) == language
    assert make_id(text) == name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
@example("ß̈")
@example("\u200c\u200d")
@example("1️⃣")
def test_any_text_is_normalised_for_good_or_refused_with_help(text):
    try:
        plain = normalise_text(text)
    except PhraseError as error:
        plain, refusal = "", error
    if not plain:
        assert refusal.hint
        assert refusal.message.encode()  # no lone surrogates: it must be printable
        return
    assert plain == " ".join(plain.split())
    assert normalise_text(plain) == plain
    assert re.fullmatch(r"[a-z0-9_]{1,48}", make_id(plain))


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "phrase_empty", "empty"),
        (" \n ", "phrase_empty", "empty"),
        ("?!...", "phrase_empty", "punctuation"),
        ("🙂🎉", "phrase_symbols", "slightly smiling face"),
        ("hey 🙂", "phrase_symbols", "slightly smiling face"),
        ("a + b", "phrase_symbols", "plus sign"),
        ("𓀀𓀁", "phrase_script", "Egyptian"),
        ("привет γεια", "phrase_script", "together"),
        ("東京です", "phrase_script", "kanji"),
        ("one two three four five six seven eight nine ten eleven twelve", "phrase_long", "12 words"),
        ("internationalisation responsibility extraordinarily", "phrase_long", "syllables"),
    ],
)
def test_phrases_that_cannot_be_wake_words_are_refused_with_help(typed, code, words):
    with pytest.raises(PhraseError) as caught:
        plan(typed)
    assert caught.value.code == code
    assert words in caught.value.message
    assert caught.value.hint


def test_language_override():
    assert plan("hallo computer", language="en").espeak_voice == "en-us"
    british = plan("hey jarvis", language="en-gb")
    assert british.language == "en"
    assert "ɹv" not in british.pronunciations[0].ipa
    assert "en-us" not in {p.voice for p in british.pronunciations}
    assert plan("ni hao", language="zh").espeak_voice == "cmn"
    with pytest.raises(RecipeError, match=r"phrase\.language: .* Received: 'klingonese'") as caught:
        plan("hey jarvis", language="klingonese")
    assert caught.value.exit_code == 2
    assert len(caught.value.message) < 200
    assert "languages.md" in caught.value.hint
    with pytest.raises(RecipeError, match=r"such as de\b"):
        find_voice("germann")
    with pytest.raises(PhraseError, match="Cyrillic"):
        plan("привет дом", language="en")


def test_accents_are_pronunciations_and_equal_ones_are_one():
    ways = pronounce("hey jarvis", find_voice("en"))
    assert ways[0].voice == "en-us"
    assert [w.source for w in ways] == ["espeak"] * len(ways)
    assert len(ways) > 2
    assert len({split_sounds(w.ipa) for w in ways}) == len(ways)
    assert len(pronounce("hola", find_voice("es"))) == 1


@pytest.mark.parametrize(
    ("text", "way"),
    [("athena", "ɐθˈiːnə"), ("fantastic robot", "fɐntˈæstɪk ɹˈoʊbɑːt"), ("hey athena", "hˈeɪ ɐθˈiːnə")],
)
def test_vowels_before_the_stress_are_also_said_reduced(text, way):
    ways = [w.ipa for w in pronounce(text, find_voice("en"))]
    assert ways[0] != way
    assert way in ways


@pytest.mark.parametrize("text", ["activate", "okay nabu", "aurora", "sandwich", "a banana"])
def test_stressed_long_and_already_weak_vowels_stay(text):
    ipa = speak_ipa(text, "en-us")
    assert reduce_vowels(ipa) == ipa


def test_other_languages_keep_their_vowels():
    assert len(pronounce("atena", find_voice("it"))) == 1


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("hey hsbc", True), ("brr", True), ("tv set", True), ("hey jarvis", False), ("no one", False), ("东京", False)],
)
def test_words_that_are_read_letter_by_letter_are_told(text, spelled):
    assert ("spelled_out" in {a.code for a in plan(text).advice}) == spelled
    assert "spelled_out" not in {a.code for a in plan(text, say=("ˈalu",)).advice}


def test_a_phrase_without_vowels_is_told():
    advice = advise("psst", "en", "en-us", (Pronunciation("pst", "espeak", "en-us"),))
    assert (advice[0].level, advice[0].code) == ("poor", "no_vowel")


def test_the_words_of_all_languages_of_a_plan_stay_in_memory():
    assert read_lexicon.cache_parameters()["maxsize"] >= len(FOREIGN) + 1


def test_say_replaces_espeak():
    user = plan("hey jarvis", say=("heɪ 'dʒɑ:vɪs", "/heɪ ˈʒɑːvɪs/"))
    assert [p.source for p in user.pronunciations] == ["user", "user"]
    assert user.pronunciations[0].ipa == "heɪ ˈdʒɑːvɪs"
    assert plan("東京", say=("toːkjoː",), language="ja").syllables == 2


@pytest.mark.parametrize(
    ("ipa", "named"), [("heɪ %QX", "Q (U+0051"), ("дом", "CYRILLIC"), ("ʃʃ", "vowel"), ("", "vowel")]
)
def test_say_names_what_is_not_ipa(ipa, named):
    with pytest.raises(PhraseError) as caught:
        parse_ipa(ipa)
    assert named in caught.value.message
    assert caught.value.code == "ipa"


@pytest.mark.parametrize(
    ("ipa", "sounds", "syllables"),
    [
        ("hˈeɪ dʒˈɑːɹvɪs", "h eɪ dʒ ɑː ɹ v ɪ s", 3),
        ("tʃˈʏs pfˈeːɾt", "tʃ ʏ s pf eː ɾ t", 2),
        ("ni2χˈɑu2", "n i χ ɑu", 2),
        ("mɛzˈɔ̃", "m ɛ z ɔ̃", 2),
        ("prʲivʲˈet", "p rʲ i vʲ e t", 2),
        ("t͡ʃa.ˈi", "tʃ a i", 2),
        ("bˈʌtn̩", "b ʌ t n̩", 2),
    ],
)
def test_ipa_is_split_into_sounds(ipa, sounds, syllables):
    assert split_sounds(ipa) == tuple(sounds.split())
    assert count_syllables(ipa) == syllables
    assert "".join(map(str, split_ipa(ipa))) == ipa.replace("͡", "")


def test_every_voice_that_is_listed_speaks():
    assert len(list_voices()) > 100
    silent = [voice for voice in list_voices() if not split_sounds(speak_ipa("1 mela та", voice))]
    assert silent == []


def test_plan_survives_the_file(tmp_path):
    made = plan("hey jarvis", 40)
    write_plan(tmp_path / "plan.json", made)
    assert read_plan(tmp_path / "plan.json") == made
    (tmp_path / "plan.json").write_text('{"text": "hey"}')
    with pytest.raises(DataError, match="not the plan"):
        read_plan(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("hey", "poor", "one_syllable"),
        ("jarvis", "fair", "two_syllables"),
        ("right", "poor", "everyday_words"),
        ("good morning", "fair", "everyday_words"),
        ("computer", "fair", "common_word"),
        ("good morning wonderful assistant", "fair", "long"),
        ("alexa", "fair", "taken"),
        ("alexa", "fair", "sounds_like"),
        ("hey minerva", "good", "good"),
    ],
)
def test_advice(text, level, code):
    advice = plan(text, language="en").advice
    assert (level, code) in {(a.level, a.code) for a in advice}
    assert [a.level for a in advice] == sorted((a.level for a in advice), key=("poor", "fair", "good").index)


def test_short_phrases_get_better_ones():
    poor = plan("zap").advice[0]
    assert poor.level == "poor"
    better = re.findall(r"'([^']+)'", poor.hint)
    assert better
    assert all(plan(text, language="en").syllables >= 3 for text in better)
