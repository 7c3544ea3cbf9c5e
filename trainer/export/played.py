"""What is played to find the losses of quantisation: front-end frames of clips, and of pieces of other sound."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.core.clips import Rejection
from trainer.errors import AudioError
from trainer.evaluation.paired import Sound
from trainer.evaluation.placing import LEAD_S, place, quiet_features
from trainer.evaluation.scoring import Recording
from trainer.features.frontend import features_of

MOST_CLIPS, MOST_MINUTES = 128, 5.0  # each sound is heard some thirty times
LEAD = round(LEAD_S * 100)
_PIECE = 3000  # slices of other sound that are heard in one go, 30 s
Frames = NDArray[np.uint16]


@dataclass(frozen=True)
class Heard:
    """Front-end frames: of clips, each with quiet around it, and of pieces of other sound."""

    clips: tuple[Frames, ...]
    others: tuple[Frames, ...]


def listen(sound: Sound, seed: int) -> tuple[Heard, tuple[Rejection, ...]]:
    """Return frames of at most `MOST_CLIPS` clips and `MOST_MINUTES` of other sound, and what cannot be read."""
    rejections: list[Rejection] = []
    step = -(-len(sound.clips) // MOST_CLIPS) or 1
    clips = [
        features_of(place(samples, seed, recording.name))
        for recording, samples in _read(sound.clips[::step], rejections)
    ]
    pieces: list[Frames] = []
    left = int(MOST_MINUTES * 6000)
    lead = quiet_features(LEAD_S, seed)
    step = math.ceil(sum(seconds for _, seconds in sound.others) / (60 * MOST_MINUTES)) or 1
    for _, samples in _read([r for r, _ in sound.others[::step]], rejections):
        features = features_of(samples)[:left]
        pieces += [np.concatenate([lead, features[at : at + _PIECE]]) for at in range(0, len(features), _PIECE)]
        left -= len(features)
        if left <= 0:
            break
    return Heard(tuple(sorted(clips, key=len)), tuple(sorted(pieces, key=len))), tuple(rejections)


def _read(
    recordings: Iterable[Recording], rejections: list[Rejection]
) -> Iterable[tuple[Recording, NDArray[np.float32]]]:
    for recording in recordings:
        try:
            yield recording, recording.read()
        except AudioError as error:
            rejections.append(Rejection(recording.name, error.code, error.message))
