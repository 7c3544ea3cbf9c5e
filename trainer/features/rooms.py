"""Room impulse responses: simulated or given, brought to one form, and played through.

In that form the direct sound stands at sample `DIRECT`, so a signal played through a room stays where it was; the
decay ends at -60 dB or after `LONGEST` samples; the energy is 1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import Arrays
from trainer.core.audio import SAMPLE_RATE
from trainer.core.seeds import generator
from trainer.errors import AudioError

DIRECT = 32  # samples kept before the direct sound, 2 ms: the simulation's fractional delays ring that long
LONGEST = 12_800  # samples, 0.8 s: below the lead-in, into which a row's last echoes wrap
ROOMS = 64  # simulated rooms of a run
_ONSET = 0.5  # the direct sound is the first sample of at least this share of the peak
_FLOOR = 1e-6  # of the energy: the decay is cut where -60 dB remain
_IMAGES = 40  # order of reflections: half a second of decay even in a small room, for 50 ms of work


def simulate_room(seed: int, index: int) -> list[NDArray[np.float32]]:
    """Return two responses of one random shoebox room, heard at the same place: of the talker, of a noise's source.

    Dimensions, reverberation time (0.15 to 0.9 s) and places are drawn from `generator(seed, "room", index)`.
    """
    import pyroomacoustics

    rng = generator(seed, "room", index)
    size = np.array([rng.uniform(2.5, 8.0), rng.uniform(2.5, 6.0), rng.uniform(2.3, 3.2)])
    volume, surface = float(size.prod()), 2 * float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    shortest = 0.162 * volume / surface  # Sabine's formula with absorption 1
    seconds = max(float(rng.uniform(0.15, 0.9)), 1.05 * shortest)
    absorption, order = pyroomacoustics.inverse_sabine(seconds, size)
    room = pyroomacoustics.ShoeBox(
        size, fs=SAMPLE_RATE, materials=pyroomacoustics.Material(absorption), max_order=min(order, _IMAGES)
    )
    places = [_place(size, rng) for _ in range(3)]
    room.add_source(places[0])
    room.add_source(places[1])
    room.add_microphone(places[2])
    room.compute_rir()
    return [shape_response(np.asarray(response, np.float32)) for response in room.rir[0]]


def _place(size: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    margin = 0.3  # metres from every wall
    return margin + rng.random(3) * (np.minimum(size, [np.inf, np.inf, 2.1]) - 2 * margin)


def shape_response(response: NDArray[np.float32]) -> NDArray[np.float32]:
    """Check a response and bring it to the form of this module, float32 [at most LONGEST].

    Raises:
        AudioError: with code `not_finite`, `silence` or `wrong_length`.
    """
    if not np.isfinite(response).all():
        raise AudioError("the room response holds samples that are not numbers", code="not_finite")
    energy = float(np.square(response, dtype=np.float64).sum())
    if energy < 1e-12:
        raise AudioError("the room response is silent", code="silence")
    level = np.abs(response)
    direct = int(np.argmax(level >= _ONSET * level.max()))
    shaped = np.concatenate([np.zeros(DIRECT, np.float32), response])[direct : direct + LONGEST]
    left = np.cumsum(np.square(shaped, dtype=np.float64)[::-1])[::-1]
    shaped = shaped[: max(DIRECT + 1, int(np.count_nonzero(left > _FLOOR * left[0])))].copy()
    if shaped.size <= DIRECT + 1:
        raise AudioError("the room response is a single click: there is no room in it", code="wrong_length")
    fade = min(shaped.size - DIRECT - 1, SAMPLE_RATE // 50)
    shaped[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    whole: NDArray[np.float32] = (shaped / np.sqrt(np.square(shaped, dtype=np.float64).sum())).astype(np.float32)
    return whole


def mix_responses(responses: Sequence[NDArray[np.float32]], wet: Sequence[float]) -> NDArray[np.float32]:
    """Return float32 [rows, longest]: each response beside the dry sound, `wet` of it (A3)."""
    mixed = np.zeros((len(responses), max(map(len, responses))), np.float32)
    for row, response, share in zip(mixed, responses, wet, strict=True):
        row[: response.size] = share * response
        row[DIRECT] += (1 - share) * np.sign(response[DIRECT])
    return mixed


def play_in_rooms(arrays: Arrays, sound: Any, responses: Any) -> Any:
    """Convolve rows [rows, n] with their responses [rows, k]; every row keeps its energy and its place in time.

    The convolution is circular: the echoes of a row's end wrap into its beginning, which is the lead-in.
    """
    xp, fft = arrays.xp, arrays.scipy.fft
    n = sound.shape[1]
    heard = fft.irfft(fft.rfft(sound, axis=1) * fft.rfft(responses, n, axis=1), n, axis=1)
    heard = xp.roll(heard, -DIRECT, axis=1)
    before, after = xp.einsum("ij,ij->i", sound, sound), xp.einsum("ij,ij->i", heard, heard)
    return heard * xp.sqrt(before / xp.maximum(after, 1e-20))[:, None].astype(xp.float32)
