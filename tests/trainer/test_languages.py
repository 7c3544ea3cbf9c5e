"""German, French, Spanish, Italian and Russian: what is read, how people say it, and who can speak it."""

import unicodedata
from itertools import pairwise

import numpy as np
import pytest

from trainer.phrase.espeak import find_voice, speak_ipa
from trainer.phrase.household import has_household, make_sentence
from trainer.phrase.households import de, en, es, fr, it, ru
from trainer.phrase.language import detect_language
from trainer.phrase.lexicon import read_lexicon, spoken_words
from trainer.phrase.notation import phonetic
from trainer.phrase.phonemes import split_sounds
from trainer.phrase.plan import plan_phrase
from trainer.phrase.pronunciations import pronounce
from trainer.phrase.respelling import respell
from trainer.phrase.scripts import main_script, name_script
from trainer.phrase.sounds import distance_table, is_letter
from trainer.phrase.substitutes import learnt_letters, substitute
from trainer.phrase.texts import sentences
from trainer.recipe import PhraseRecipe
from trainer.samples.kokoro_symbols import kokoro_symbols

PHRASES = {
    "de": "hallo computer|guten morgen haus|hey küche|hallo otto|licht an|aufwachen",
    "fr": "bonjour maison|dis maison|salut computer|réveille toi|dis jarvis",
    "es": "hola casa|oye casa|hola computer|levántate|oye jarvis",
    "it": "ciao casa|ehi computer|buongiorno casa|ehi jarvis|svegliati",
    "ru": "привет дом|слушай дом|умный дом|эй компьютер",
    "en": "hey jarvis|okay nabu|hello computer|hey café|jarvis|good morning",
}
HOUSEHOLDS = {"de": de, "en": en, "es": es, "fr": fr, "it": it, "ru": ru}
FIVE = ("de", "fr", "es", "it", "ru")
# The symbols of Kokoro's own list that are letters of the IPA, and its letters for affricates and diphthongs.
KOKORO = frozenset("abcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʊʋʌɣɤχʎʒʔʲᵻʣʥʦʨʤʧAIOQSTWYᵊ\u0303")
KOKORO_MARKS = frozenset("ˈˌː")


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang in PHRASES for text in PHRASES[lang].split("|")]
)
def test_the_language_of_a_phrase_is_found(language, text):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("language", "text", "ways"),
    [
        ("de", "guten morgen haus", ["ɡˈuːtən mˈɔɾɡən hˈaʊs", "ɡˈuːtn̩ mˈɔɾɡŋ̩ hˈaʊs"]),
        ("de", "guten abend", ["ɡˈuːtən ˈɑːbənt", "ɡˈuːtn̩ ˈɑːbm̩t"]),
        ("de", "hören vogel", ["hˈøːrən fˈoːɡəl", "hˈøːɾn fˈoːɡl̩"]),
        ("de", "servus könig", ["zˈɛɾvʊs kˈøːnɪç", "sˈɛɾvʊs kˈøːnɪk"]),
        ("de", "ich und dich", ["ɪç ʊnt dˈɪç"]),
        ("fr", "petite fenêtre", ["pətˈit fənˈɛtʁ", "ptˈit fənˈɛt"]),
        ("fr", "bonjour maison", ["bɔ̃ʒˈuʁ mɛzˈɔ̃"]),
        ("fr", "dis alexa", ["dˈiʲ alɛksˈa"]),
        ("es", "hola luz", ["ˈola lˈuθ", "ˈola lˈus", "ˈola lˈuh"]),
        ("es", "oye calle", ["ˈoʝe kˈaʎe", "ˈoʝe kˈaʝe", "ˈoʝe kˈajje", "ˈoʃe kˈaʃe", "ˈoʃe kˈajje"]),
        ("es", "buenos días", ["bwˈenos ðˈiʲas", "bwˈenoh ðˈiʲah"]),
        ("it", "ciao casa", ["tʃˈao kˈaza", "tʃˈao kˈasa"]),
        ("it", "ciao mamma", ["tʃˈao mˈamma"]),
        ("ru", "хорошо молоко", ["xʌrʌʃˈo mʌɭʌkˈo", "xərʌʃˈo məɭʌkˈo"]),
        ("ru", "город", ["ɡˈorʌt", "ɡˈorət"]),
        ("ru", "умный дом", ["ˈumnyj dˈom"]),
    ],
)
def test_the_phrase_is_said_as_people_say_it(language, text, ways):
    said = [way.ipa for way in pronounce(text, find_voice(language))]
    assert said == [unicodedata.normalize("NFD", way) for way in ways]


@pytest.mark.parametrize(
    ("language", "text", "first", "second"),
    [
        ("de", "hey jarvis", "hˈeɪ dʒˈɑːrvɪs", "hˈaɪ jˈaɾvɪs"),
        ("fr", "hey jarvis", "hˈeɪ dʒˈɑːʁvɪs", "ˈɛ ʒaʁvˈi"),
        ("it", "hey jarvis", "hˈeɪ dʒˈaːrvɪs", "ˈɛi dʒˈaɾvis"),
        ("es", "hola jarvis", "ˈola dʝˈaːrβɪs", "ˈola xˈaɾβis"),
    ],
)
def test_english_names_are_said_in_english_with_the_sounds_of_the_language(language, text, first, second):
    ways = [way.ipa for way in pronounce(text, find_voice(language))]
    assert ways[0] == first
    assert second in ways


@pytest.mark.parametrize(("language", "text"), [("de", "hallo computer"), ("it", "ehi otto"), ("ru", "привет дом")])
def test_words_of_the_language_are_no_loans(language, text):
    assert pronounce(text, find_voice(language))[0].ipa == speak_ipa(text, find_voice(language).id)


@pytest.mark.parametrize(
    ("language", "ipa", "meant"),
    [
        ("de", "mˈɔɾɡən", "mˈɔɐɡən"),
        ("de", "tˈyːɾ", "tˈyːɐ"),
        ("de", "fˈɑːrən", "fˈaːʁən"),
        ("de", "drˈaɪ", "dʁˈaɪ"),
        ("de", "hˈɔøtə vˈasɜ", "hˈɔɪtə vˈasɐ"),
        ("ru", "mˈy sɭˈuʃʌj", "mˈɨ sɫˈuʃɐj"),
        ("ru", 'ɭʲu"bɭʲˈu"', "lʲʉblʲˈʉ"),
        ("fr", "bɔ̃ʒˈuʁ", "bɔ̃ʒˈuʁ"),
    ],
)
def test_espeak_is_read_as_it_is_meant(language, ipa, meant):
    assert phonetic(ipa, language) == meant


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("de", "küche", "kˈyçə"),
        ("de", "pferd", "pfˈeːɐt"),
        ("de", "heute", "hˈYtə"),
        ("de", "zehn", "ʦˈeːn"),
        ("de", "schön", "ʃˈøːn"),
        ("de", "buch", "bˈuːx"),
        ("ru", "слушай", "slˈuʃɐj"),
        ("ru", "мышь", "mˈɨʃ"),
        ("ru", "ключ", "klʲˈuʧʲ"),
        ("ru", "щука", "ɕˈuka"),
        ("ru", "цирк", "ʦˈɨrk"),
        ("pl", "dźwięk", "ʥvʲˈɛŋk"),
        ("fr", "bonjour", "bɔ̃ʒˈuʁ"),
        ("es", "calle", "kˈaʎe"),
        ("it", "gnocchi", "ɲˈokːɪ"),
    ],
)
def test_kokoro_says_every_sound(language, text, said):
    voice = find_voice(language).id
    assert substitute(kokoro_symbols(speak_ipa(text, voice), voice), KOKORO) == said


@pytest.mark.parametrize("language", [*FIVE, "en", "pl", "nl", "tr", "pt", "sv"])
def test_no_sound_of_a_dictionary_is_lost(language):
    """Every letter of the thousand most frequent words is said by one that Kokoro and an American voice learnt."""
    voice = find_voice(language).id
    words = spoken_words(language, voice)[:1000]
    american = learnt_letters("en-us")
    for _, ipa in words:
        for said, known in [
            (substitute(kokoro_symbols(ipa, voice), KOKORO), KOKORO),
            (substitute(phonetic(ipa, voice), american), american),
        ]:
            assert [c for c in said if c.isalpha() and c not in known | KOKORO_MARKS] == []
            assert len(said) >= 0.5 * len(ipa)


@pytest.mark.parametrize(
    ("ipa", "known", "said"),
    [
        ("kˈʏçə", "kiɪəʃɐ", "kˈɪʃə"),
        ("ʁˈaxə", "ɹahəɾ", "ɹˈahə"),
        ("prʲivʲˈet", "pɹivet", "pɹivjˈet"),
        ("bɔ̃", "bɔn", "bɔn"),
        ("pˈɪʲano", "pɪano", "pˈɪʲano"),
        ("ʔa!", "ah", "a!"),
        ("ɲiʎˈa", "nila", "nilˈa"),
    ],
)
def test_what_was_never_learnt_becomes_its_neighbour(ipa, known, said):
    assert substitute(ipa, frozenset(known)) == said


def test_every_letter_of_the_ipa_has_a_neighbour_of_its_kind():
    american = learnt_letters("en-us")
    letters = [chr(c) for c in range(0x61, 0x2AF) if is_letter(chr(c))]
    assert len(letters) > 90
    for letter in set(letters) - set("ʔʕ"):
        assert substitute(letter, american) in american
        assert len(substitute(letter, KOKORO)) == 1


def test_the_sound_of_ich_is_no_plosive():
    ich, mark = split_sounds(unicodedata.normalize("NFD", "ɪç"))
    assert (ich, mark) == ("ɪ", "ç")
    table = distance_table(["ç", "ʃ", "c", "k"])[0]
    assert table[1] < table[3]


@pytest.mark.parametrize("language", FIVE)
def test_near_misses_are_words_of_the_language(language):
    text = PHRASES[language].split("|")[0]
    made = plan_phrase(PhraseRecipe(text=text, language=language), 200, 1)
    assert len(made.near_misses) == 200
    own = set(read_lexicon(language).words)
    assert len(own) == 30_000
    words = [miss for miss in made.near_misses if miss.why == "word"]
    assert len(words) > 60
    assert all(miss.text in own for miss in words)
    sounds = {split_sounds(way.ipa) for way in made.pronunciations}
    assert not any(split_sounds(miss.ipa) in sounds for miss in made.near_misses)


@pytest.mark.parametrize("language", [*FIVE, "en"])
def test_sentences_are_many_different_and_of_the_language(language):
    random = np.random.default_rng(1)
    assert has_household(language)
    made = [make_sentence(random, language) for _ in range(600)]
    assert len(set(made)) > 500
    assert all(6 <= len(text.split()) <= 20 and "{" not in text for text in made)
    script = main_script(language)
    assert all(name_script(c) in ("", script) for text in made for c in text)
    texts = sentences(language, 300, 1, PHRASES[language].split("|")[0])
    assert len({word for text in texts for word in text.split()}) > 1000


@pytest.mark.parametrize("household", HOUSEHOLDS.values(), ids=HOUSEHOLDS)
def test_every_list_of_a_household_is_used_and_holds_different_words(household):
    used = "".join(household.PATTERNS) + "".join(household.WORDS.values())
    for name, words in household.WORDS.items():
        assert f"{{{name}}}" in used
        assert all(a != b for a, b in pairwise(sorted(words.split("|"))))
        assert all(word == word.strip() and word for word in words.split("|"))


@pytest.mark.parametrize(("text", "plain"), [("умный дом", "OOM-niy dohm"), ("мышь", "mish")])
def test_russian_is_respelled_as_it_sounds(text, plain):
    assert respell(speak_ipa(text, "ru"), "ru") == plain
