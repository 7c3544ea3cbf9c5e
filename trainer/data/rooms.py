"""Room impulse responses (A4): checked, cut to their decay, with the direct sound near the beginning."""

import numpy as np
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE
from trainer.errors import AudioError

SHORTEST_S = 0.1
LONGEST_S = 5.0
LEAST_ENERGY = 1e-6  # sum of squares of samples in -1..1
LEAD_S = 0.002  # kept before the direct sound
DECAY_DB = 60.0  # what is weaker than this below the whole is no longer heard
MOST = 200  # rooms: more add nothing that a model of this size could learn


def trim_room(samples: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """Return the response from just before its direct sound to the end of its decay, peak 1, float32 [n].

    Raises:
        AudioError: with code `room_too_short`, `room_no_energy` or `room_too_long`: still loud after 5 s, so that it
            is no impulse response but a recording in a room.
    """
    energy = np.cumsum(samples.astype(np.float64)[::-1] ** 2)[::-1]
    if energy.size == 0 or energy[0] <= LEAST_ENERGY:
        raise AudioError(f"{name} holds no energy, so it is no room", code="room_no_energy")
    peak = int(np.argmax(np.abs(samples)))
    begin = max(0, peak - int(LEAD_S * SAMPLE_RATE)) if peak > len(samples) // 10 else 0
    heard = int(np.searchsorted(-energy, -energy[0] * 10 ** (-DECAY_DB / 10)))
    longest = int(LONGEST_S * SAMPLE_RATE)
    if heard - begin > longest and energy[begin + longest] > energy[begin] * 1e-3:
        raise AudioError(
            f"{name} still sounds after {LONGEST_S:g} s: an impulse response decays sooner",
            code="room_too_long",
            hint="Speech or noise recorded in a room belongs in another folder.",
        )
    # Cutting at the decay, yet never below the least length where the file itself was long enough.
    end = min(max(heard, begin + int(SHORTEST_S * SAMPLE_RATE)), begin + longest, len(samples))
    if len(samples) < SHORTEST_S * SAMPLE_RATE:
        raise AudioError(
            f"{name} is {len(samples) / SAMPLE_RATE:.3f} s long; a room needs {SHORTEST_S:g} s", code="room_too_short"
        )
    room: NDArray[np.float32] = (samples[begin:end] / np.abs(samples[peak])).astype(np.float32)
    return room
