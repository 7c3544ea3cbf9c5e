"""Crowds: sources of recordings in which many people speak whom nobody has named.

They are what is heard around a house, so each part of the work should hear some of them; the recordings of one
voice, however many, are one speaker and stay together (`data/splits`). A voice is likelier to itself than to others.
"""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import combinations, islice

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.core.clips import Rejection
from trainer.core.workers import map_in_order
from trainer.data.decoding import decode_long
from trainer.data.listing import SPOKEN, Recording
from trainer.events import discard
from trainer.speakers.embedding import cut_speech, embed_clips

# Measured with the built-in embedding on eight sources: .11 and .13 where dozens of people speak, .26 where several
# do, .47 in an announcer's prompts, .76 and .92 in one person's recordings at one microphone (see the lab log).
LIKE = 0.35
HEARD = 40  # recordings of a source
FEWEST = 20  # in a source: fewer are no crowd
_LEAST_S = 0.3  # of speech: less tells nothing of the speaker


def find_crowds(recordings: Sequence[Recording], executor: Executor) -> frozenset[str]:
    """Return the sources of unnamed speakers whose recordings are, by their median, less alike than one voice's."""
    sources: defaultdict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        if recording.kind in SPOKEN and not recording.speaker:
            sources[recording.source].append(recording)
    # Evenly from all over the source: neighbours in a folder are often by one person.
    heard = [all_[i] for all_ in sources.values() if len(all_) >= FEWEST for i in _spread(len(all_))]
    voices: defaultdict[str, list[NDArray[np.float32]]] = defaultdict(list)
    for recording, voice in zip(heard, map_in_order(executor, _voice_of, heard, discard, "files"), strict=True):
        if voice is not None:
            voices[recording.source].append(voice)
    return frozenset(s for s, some in voices.items() if len(some) >= FEWEST // 2 and _alike(some) < LIKE)


def _spread(count: int) -> list[int]:
    return sorted({int(place) for place in np.linspace(0, count - 1, min(count, HEARD))})


def _alike(voices: Sequence[NDArray[np.float32]]) -> float:
    return float(np.median([float(a @ b) for a, b in combinations(voices, 2)]))


def _voice_of(recording: Recording) -> NDArray[np.float32] | None:
    [piece] = islice(decode_long(recording), 1)  # of a long one the first five minutes
    if isinstance(piece, Rejection) or len(cut_speech(piece.pcm)) < _LEAST_S * SAMPLE_RATE:
        return None
    return embed_clips(None)(piece.pcm)
