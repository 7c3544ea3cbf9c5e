"""Pauses between words: many people say "smart ... mirror", and no voice does by itself.

Of real recordings that hold a pause or last longer than 1.1 s hardly any was found by models whose voices said all
phrases in a breath (see the lab log). Commas do not help: voices run short clauses together.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from trainer.core.audio import SAMPLE_RATE, Samples
from trainer.limits import Range
from trainer.samples.checks import find_speech
from trainer.samples.utterances import Utterance

PAUSE_S: Range = (0.05, 0.5)
EVERY = 0.3  # share of paused utterances that pause after every word; the others pause once
GOES_ON = ","  # what a part before a pause ends with: its melody does not fall


def draw_pauses(ipa: str, random: np.random.Generator) -> tuple[float, ...]:
    """Return seconds of silence after every word but the last, at least one of them above zero; () for one word."""
    gaps = len(ipa.split()) - 1
    if gaps < 1:
        return ()
    paused = range(gaps) if random.random() < EVERY else [int(random.integers(gaps))]
    return tuple(round(random.uniform(*PAUSE_S), 3) if gap in paused else 0.0 for gap in range(gaps))


def speak_apart(utterance: Utterance, speak: Callable[[Utterance], Samples]) -> Samples:
    """Return the utterance as float32 [n] at 16 kHz: the parts between its pauses, each spoken by itself.

    Raises:
        AudioError: `silent`, where a part is; and what the voice raises.
    """
    words = utterance.ipa.split()
    cuts = [0, *(i + 1 for i, seconds in enumerate(utterance.pauses) if seconds), len(words)]
    silences = [np.zeros(round(seconds * SAMPLE_RATE), np.float32) for seconds in utterance.pauses if seconds]
    sound: list[Samples] = []
    for number, (first, last) in enumerate(pairwise(cuts)):
        part = " ".join(words[first:last]) + ("" if last == len(words) else GOES_ON)
        said = speak(replace(utterance, ipa=part, pauses=()))
        begin, end = find_speech(said)
        sound += [said[begin:end], *silences[number : number + 1]]
    return np.concatenate(sound)
