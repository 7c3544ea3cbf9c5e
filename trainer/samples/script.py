"""The script: every utterance of a run, decided before anything is spoken."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from trainer.core.clips import ClipKind, Split
from trainer.core.seeds import generator, seed_of
from trainer.limits import Range
from trainer.phrase.espeak import find_voice, speak_ipa
from trainer.phrase.plan import PhrasePlan
from trainer.phrase.texts import sentences
from trainer.recipe import SampleRecipe
from trainer.samples.pauses import draw_pauses
from trainer.samples.speakers import SWAPPED, Cast
from trainer.samples.utterances import Utterance
from trainer.samples.voices import Voice

# How an utterance ends shapes its melody in both engines: a statement, a call, a question, a list that goes on.
ENDINGS = (".", "!", "?", ",", "")
ENDING_SHARES = (0.35, 0.25, 0.15, 0.1, 0.15)
# Piper speaks six times as fast as Kokoro, so it says more of what takes long. Every voice of Kokoro's is still heard
# in negatives: else the model would learn that a voice of Kokoro's is the phrase.
CHEAP_NEAR_MISS, CHEAP_SPEECH = 2.0, 8.0
IN_A_ROW = 3  # near misses that Kokoro says in one breath: each call costs 0.9 s of silence beside the words
ALONE = 0.3  # share of Kokoro's near misses that stand alone, as the phrase does
# Other speech is partly in other languages, whatever the phrase's: their sounds fill what one language leaves out,
# and houses hear more than one. Text by the same voices, so with their accents.
FOREIGN = ("en", "es", "fr", "de", "it", "pt", "nl", "pl", "ru", "tr")
FOREIGN_SHARE = 0.4
CHARACTERS_A_SECOND = 14.0  # of running text, at tempo 1
VARIATION: Range = (0.5, 0.9)  # Piper's noise scale; its own default is 0.667
RHYTHM: Range = (0.5, 1.1)  # Piper's noise width; its own default is 0.8
ROWS: Range = (-3.0, 12.0)  # Kokoro's style row beside the one for the number of tokens: calmer further on
_CLAUSE = re.compile(r"([,.;:!?…。、，！？；：]+)\s*")
_MARKS = str.maketrans("…。、，！？；：", "..,,!?;:")


@dataclass(frozen=True)
class Scene:
    """What the utterances of one split are written from."""

    recipe: SampleRecipe
    plan: PhrasePlan
    split: Split
    cast: Cast
    share: float  # of all clips
    seed: int

    def random(self, kind: ClipKind, index: int) -> np.random.Generator:
        """Return the generator of one utterance."""
        return generator(self.seed, kind, self.split, index)

    def utter(self, random: np.random.Generator, kind: ClipKind, voice: Voice, said: "Line") -> Utterance:
        """Return an utterance by this voice, or by a mixture that holds it, with drawn tempo, tract and manner."""
        partner = self.cast.draw_partner(voice, random) if random.random() < self.recipe.mixtures else None
        timbre, prosody = random.uniform(0.2, 0.8, 2) if random.random() > SWAPPED else (0.0, 1.0)
        piper = voice.engine == "piper"
        return Utterance(
            kind=kind,
            split=self.split,
            text=said.text,
            ipa=said.ipa,
            language=said.language,
            voices=(voice.name,) if partner is None else (voice.name, partner.name),
            timbre=0.0 if partner is None else round(float(timbre), 3),
            prosody=0.0 if partner is None else round(float(prosody), 3),
            tempo=_draw(self.recipe.tempo, random),
            tract=round(self.cast.draw_tract(voice, random), 3),
            variation=round(random.uniform(*(VARIATION if piper else ROWS)), 3),
            rhythm=round(random.uniform(*RHYTHM), 3) if piper else 0.0,
        )


@dataclass(frozen=True)
class Line:
    """Words to be spoken: for people, for the voice, and in which language the voice's IPA is."""

    text: str
    ipa: str
    language: str


def write_script(recipe: SampleRecipe, plan: PhrasePlan, casts: Mapping[Split, Cast], seed: int) -> list[Utterance]:
    """Return all utterances: positives, near misses, then other speech, each split in turn."""
    kept = {Split.VALIDATION: recipe.validation, Split.TEST: recipe.test}
    shares = {split: kept[split] for split in kept if split in casts}
    shares = {Split.TRAIN: 1 - sum(shares.values()), **shares}
    scenes = [Scene(recipe, plan, split, casts[split], share, seed) for split, share in shares.items()]
    return [u for write in (_positives, _near_misses, _speech) for scene in scenes for u in write(scene)]


def punctuate(text: str, voice: str) -> str:
    """Return the IPA of running text with its punctuation, which shapes the melody."""
    pieces = _CLAUSE.split(text)
    said = [speak_ipa(piece, voice) if piece.strip() else "" for piece in pieces[::2]]
    marks = [*(mark[:1].translate(_MARKS) for mark in pieces[1::2]), ""]
    ipa = " ".join(words + mark for words, mark in zip(said, marks, strict=True) if words)
    return ipa if ipa.endswith((".", "!", "?")) else ipa + "."


def _positives(scene: Scene) -> Iterator[Utterance]:
    said = scene.plan.pronunciations
    ranks = 1.0 / np.arange(1, len(said) + 1)  # the likeliest pronunciation most often
    for index in range(round(scene.recipe.positives * scene.share)):
        random = scene.random(ClipKind.POSITIVE, index)
        way = said[random.choice(len(said), p=ranks / ranks.sum())]
        line = Line(scene.plan.text, way.ipa + _ending(random), way.voice)
        said_so = scene.utter(random, ClipKind.POSITIVE, scene.cast.draw(random), line)
        # Drawn last: without pauses all else stays as it was.
        yield replace(said_so, pauses=draw_pauses(way.ipa, random) if random.random() < scene.recipe.pauses else ())


def _near_misses(scene: Scene) -> Iterator[Utterance]:
    misses = scene.plan.near_misses
    wanted = round(scene.recipe.near_miss_clips * scene.share) if misses else 0
    order = generator(scene.seed, "near_miss_order", scene.split).permutation(len(misses))
    place = 0
    while place < wanted:
        random = scene.random(ClipKind.NEAR_MISS, place)
        voice = scene.cast.draw(random, CHEAP_NEAR_MISS)
        in_a_row = IN_A_ROW if voice.engine == "kokoro" and random.random() > ALONE else 1
        some = [misses[order[i % len(misses)]] for i in range(place, min(place + in_a_row, wanted))]
        place += len(some)
        ipa = ", ".join(miss.ipa for miss in some) + _ending(random)
        line = Line(", ".join(miss.text for miss in some), ipa, scene.plan.espeak_voice)
        yield scene.utter(random, ClipKind.NEAR_MISS, voice, line)


def _speech(scene: Scene) -> Iterator[Utterance]:
    seconds = scene.recipe.speech_minutes * 60 * scene.share
    if not seconds:
        return
    languages = (scene.plan.language, *(language for language in FOREIGN if language != scene.plan.language))
    texts = [iter(_texts(scene, language, int(seconds / 2) + 1)) for language in languages]
    for index in count():
        if seconds <= 0:
            return
        random = scene.random(ClipKind.SPEECH, index)
        place = int(random.integers(1, len(languages))) if random.random() < FOREIGN_SHARE else 0
        voice = find_voice(languages[place]).id if place else scene.plan.espeak_voice
        text = next(texts[place])
        line = Line(text, punctuate(text, voice), voice)
        said = scene.utter(random, ClipKind.SPEECH, scene.cast.draw(random, CHEAP_SPEECH), line)
        seconds -= len(line.ipa) / CHARACTERS_A_SECOND / said.tempo
        yield said


def _texts(scene: Scene, language: str, most: int) -> list[str]:
    """Return more texts than can be needed: the shortest take two seconds."""
    return sentences(language, most, seed_of(scene.seed, "speech", scene.split, language), scene.plan.text)


def _ending(random: np.random.Generator) -> str:
    return ENDINGS[random.choice(len(ENDINGS), p=ENDING_SHARES)]


def _draw(bounds: Range, random: np.random.Generator) -> float:
    """Draw a factor, as likely to halve as to double."""
    return round(float(np.exp(random.uniform(*np.log(bounds)))), 3)
