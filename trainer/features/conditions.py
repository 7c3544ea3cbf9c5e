"""The conditions that a finished model is measured in: noise, level, rooms, lines, ways of speaking; by name."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import NUMPY
from trainer.core.audio import SAMPLE_RATE, from_pcm16
from trainer.core.seeds import generator
from trainer.errors import RecipeError
from trainer.features.augment import active_power
from trainer.features.noise import NOISES, make_noise
from trainer.features.rooms import DIRECT, mix_responses, play_in_rooms, shape_response, simulate_room
from trainer.features.tempo import change_pitch, change_tempo
from trainer.limits import CONDITION, CONDITIONS

_FAR, _DIRECT = np.float32(0.25), 24  # 12 dB less of the direct sound, some 1.5 ms around it: four times as far away
_FAR_NOISE_DB, _FAR_DBFS = 15.0, -30.0  # what a voice from across the room has left
_ROOM_SEED, _ROOM_COUNT = 2_718, 8  # the rooms of the condition "rooms": no training run simulates them


def check_condition(name: str) -> None:
    """Refuse an unknown name.

    Raises:
        RecipeError: naming those that are allowed.
    """
    _parse(name)


def is_babble(name: str) -> bool:
    """Say whether a condition needs people who talk."""
    return name.startswith("babble_")


def speak_otherwise(name: str, speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the clip as a condition's speaker says it, faster or higher; in all others as it is. float32 [m].

    It comes before the clip is placed in quiet, since the word then ends elsewhere.
    """
    kind, value = _parse(name)
    if kind == "speed":
        return change_tempo(speech, value / 100)
    return change_pitch(speech, value) if kind == "pitch" else speech


def apply_condition(
    name: str,
    speech: NDArray[np.float32] | NDArray[np.int16],
    seed: int,
    clip: str = "",
    *,
    noises: Sequence[NDArray[np.float32]] | None = None,
    rooms: Sequence[NDArray[np.float32]] | None = None,
    talkers: Sequence[NDArray[np.int16]] = (),
) -> NDArray[np.float32]:
    """Return a clip as it is heard in a condition, float32 [n]: the same samples stand at the same places.

    Args:
        name: clean; noise_<dB>db: ratio of the active speech (20 ms blocks within 30 dB of the loudest) to the noise;
            white, brown, hum, fan, clicks, babble_<dB>db likewise; level_<dBFS>db: the peak; clipped_<dB>db: so
            much too loud, cut off; rooms: a room drawn for the clip; far: the same from further away, quiet, with
            some noise; telephone: 300 to 3,400 Hz. Of speed and pitch see `speak_otherwise`.
        speech: [n] at 16 kHz, float32 in -1..1 or int16, with whatever silence stands around it.
        seed, clip: of the run, and the clip's name: they decide the stretch of noise and the room.
        noises: played instead of pink noise; each float32, of any length.
        rooms: impulse responses, instead of simulated rooms.
        talkers: clips of speech, of which babble is made.

    Where noise would make the sum clip, both are turned down together.

    Raises:
        RecipeError: the name is unknown.
        AudioError: a given room response cannot be used.
    """
    kind, value = _parse(name)
    sound = from_pcm16(speech.astype(np.int16)) if speech.dtype == np.int16 else speech.astype(np.float32)
    rng = generator(seed, "condition", name, clip)
    if kind in ("noise", *NOISES) and sound.size:
        made = "pink" if kind == "noise" else kind
        noise = _stretch(noises, sound.size, rng) if noises else make_noise(made, sound.size, rng, talkers)
        sound = _add(sound, noise, value)
    elif kind == "level":
        sound = _to_level(sound, value)
    elif kind == "clipped":
        sound = np.clip(_to_level(sound, value), -1, 1)
    elif kind == "telephone" and sound.size:
        sound = _band(sound, 300.0, 3400.0)  # ITU-T G.712
    elif kind in ("rooms", "far"):
        choices = [shape_response(room) for room in rooms] if rooms else _simulated()
        response = mix_responses([choices[int(rng.integers(len(choices)))]], [1.0])
        if kind == "far":
            response[:, DIRECT - _DIRECT : DIRECT + _DIRECT] *= _FAR
        padded = np.pad(sound, (0, response.shape[1]))[None]
        sound = play_in_rooms(NUMPY, padded, response)[0, : sound.size]
        if kind == "far" and sound.size:
            sound = _to_level(_add(sound, make_noise("pink", sound.size, rng), _FAR_NOISE_DB), _FAR_DBFS)
    peak = float(np.abs(sound).max(initial=0))
    return sound / np.float32(peak) if peak > 1 and kind != "clean" else sound


def _add(sound: NDArray[np.float32], noise: NDArray[np.float32], ratio_db: float) -> NDArray[np.float32]:
    level = float(active_power(NUMPY, sound[None], np.array([[0, sound.size]]))[0])
    loud = float(np.mean(np.square(noise, dtype=np.float64)))
    return sound + noise * np.float32(np.sqrt(level / max(loud, 1e-12) * 10 ** (-ratio_db / 10)))


def _to_level(sound: NDArray[np.float32], dbfs: float) -> NDArray[np.float32]:
    return sound * np.float32(10 ** (dbfs / 20) / max(float(np.abs(sound).max(initial=0)), 1e-6))


def _band(sound: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """Keep a band, its edges falling off over a tenth of an octave, without moving anything in time."""
    frequencies = np.maximum(np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE), 1.0)
    octaves = np.minimum(np.log2(frequencies / low), np.log2(high / frequencies))
    gain = np.clip(1 + octaves / 0.1, 0, 1).astype(np.float32)
    return np.fft.irfft(np.fft.rfft(sound) * gain, sound.size).astype(np.float32)


def _parse(name: str) -> tuple[str, float]:
    match = CONDITION.fullmatch(name)
    if match:
        kind, value, *_ = [part for part in match.groups() if part is not None] or [name, "0"]
        return kind, float(value)
    raise RecipeError(f"evaluation.conditions: {CONDITIONS} are allowed. Received: {name!r}")


def _stretch(noises: Sequence[NDArray[np.float32]], length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random stretch of one of the noises, repeated where it is shorter."""
    noise = noises[int(rng.integers(len(noises)))]
    return np.take(noise, np.arange(length) + int(rng.integers(noise.size)), mode="wrap")


@lru_cache(maxsize=1)
def _simulated() -> list[NDArray[np.float32]]:
    return [simulate_room(_ROOM_SEED, index)[0] for index in range(_ROOM_COUNT)]
