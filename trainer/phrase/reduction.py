"""How people say what espeak-ng reads: sounds that running speech weakens or drops, and ways of whole regions.

espeak-ng gives "athena" its full first vowel, /æθˈiːnə/; most people say /ɐθˈiːnə/. It gives "guten" its schwa, and
nobody says it. English follows Flemming and Johnson, "Rosa's roses: reduced vowels in American English" (JIPA, 2007);
the others their descriptions in the Handbook of the International Phonetic Association (1999) and in JIPA: German by
Kohler, French by Fougeron and Smith, Italian by Rogers and d'Arcangeli, Russian by Yanushevskaya and Bunčić; Spanish
by Hualde, "The Sounds of Spanish" (2005).
"""

import re
import unicodedata
from itertools import pairwise

from trainer.phrase.phonemes import Segment, split_ipa
from trainer.phrase.sounds import is_vowel

# Short full vowels; long ones and diphthongs keep their colour. espeak-ng writes the reduced one so ("alexa").
_FULL, _REDUCED = frozenset("æaʌɑɒ"), "ɐ"

_V = "aɑɐæeɛəɜiɪɨoɔøœuʊyʏʌɵ"
_FULL_V = _V.replace("ə", "")
_C = "bdfhjklmnprstvwxzðŋɕɡɣɫɭɲɹɾʁʃʎʑʒʝβθç"
_STRESS = "[ˈˌ]?"
_CLOSED = f"(?!{_STRESS}[{_V}])"  # no vowel follows
Rules = tuple[tuple[str, str], ...]  # what is found in the notation of espeak-ng's voice, and what is said for it
_EVERYWHERE: dict[str, Rules] = {
    # "haben" with a syllabic m, "legen" with ŋ, "guten" with n, "Vogel" with l; "hören" without its last vowel.
    "de": (
        (f"(?<=[pb])ən{_CLOSED}", "m\u0329"),
        (f"(?<=[kɡx])ən{_CLOSED}", "ŋ\u0329"),
        (f"(?<=[tdsfvzʃʒlç])ən{_CLOSED}", "n\u0329"),
        (f"(?<=[ptkbdɡsfvzxçʃmnŋ])əl{_CLOSED}", "l\u0329"),
        (f"rən{_CLOSED}", "ɾn"),
    ),
    # "p'tite fenêt'": a schwa is said only where three consonants would meet, an r or l after another not at the end.
    "fr": (
        (
            f"(?:(?<=^)|(?<=[{_V}\u0303])|(?<=[{_V}] )|(?<=[{_V}]- ))([{_C}])ə-?(?= ?[{_C}]{_STRESS}[{_FULL_V}jw])",
            r"\1",
        ),
        ("(?<=[ptkbdɡfv])[ʁl](?= |$)", ""),
    ),
    "es": (("ʎ", "ʝ"),),  # nearly all say "llama" with the sound of "yo"
    # What is not stressed nor right before the stress is reduced once more.
    "ru": (
        (f"(?<=[{_C}ʲ])(?<!ˈj)[ʌa](?![{_C}ʲ]*ˈ)", "ə"),
        ("(?<![ˈˌ])(?<!ˈj)i(?=[^ ])", "ɪ"),
    ),
}
_REGIONAL: dict[str, tuple[Rules, ...]] = {
    # The south: no voice in "so", a k at the end of "König".
    "de": (((f"(?<![^ ])({_STRESS})z", r"\1s"), (r"(?<=\S\S\S)(?<!ˈ)ɪç(?= |$)", "ɪk")),),
    # Around the Río de la Plata; then the Caribbean, the Canaries and Andalusia.
    "es": ((("[ʎʝ]", "ʃ"), ("θ", "s")), ((f"s(?= ?{_STRESS}[{_C}]|$)", "h"), ("ʎ", "ʝ"), ("θ", "s"))),
    # The south and Tuscany: "casa" without voice.
    "it": (((f"(?<=[{_V}])z(?=ˈ?[{_V}])", "s"),),),
}


def reduce_sounds(ipa: str, language: str) -> str:
    """Return the IPA of an espeak-ng voice of the language as it is said without care; often the same."""
    return reduce_vowels(ipa) if language == "en" else _apply(_EVERYWHERE.get(language, ()), ipa)


def regional_ways(ipa: str, language: str) -> tuple[str, ...]:
    """Return the ways of regions for which espeak-ng has no voice; often the same as the IPA."""
    return tuple(_apply(rules, ipa) for rules in _REGIONAL.get(language, ()))


def reduce_vowels(ipa: str) -> str:
    """Return English IPA with every short full vowel reduced that opens a word, right before the stressed vowel."""
    segments = split_ipa(ipa)
    starts = [i for i, segment in enumerate(segments) if i == 0 or " " in segment.before] + [len(segments)]
    for start, end in pairwise(starts):
        vowels = [i for i in range(start, end) if is_vowel(segments[i].sound)]
        if len(vowels) > 1 and _is_weak(segments[vowels[0]]) and "ˈ" in _onset(segments, vowels[0] + 1, vowels[1]):
            full = segments[vowels[0]]
            segments[vowels[0]] = Segment(_REDUCED, full.before, full.after)
    return "".join(map(str, segments))


def _apply(rules: Rules, ipa: str) -> str:
    text = ipa.replace("c\u0327", "ç")
    for pattern, said in rules:
        text = re.sub(pattern, said, text)
    return unicodedata.normalize("NFD", text)


def _is_weak(segment: Segment) -> bool:
    return segment.sound in _FULL and not any(mark in segment.before for mark in "ˈˌ")


def _onset(segments: list[Segment], first: int, vowel: int) -> str:
    """Return the marks before a vowel and before the consonants that lead to it: stress may stand at either."""
    return "".join(segment.before for segment in segments[first : vowel + 1])
