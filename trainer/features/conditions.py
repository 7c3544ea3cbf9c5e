"""The conditions that a finished model is measured in: noise, low level and rooms, by name."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import NUMPY
from trainer.core.audio import from_pcm16
from trainer.core.seeds import generator
from trainer.errors import RecipeError
from trainer.features.augment import active_power
from trainer.features.noise import make_noise
from trainer.features.rooms import mix_responses, play_in_rooms, shape_response, simulate_room
from trainer.limits import CONDITION, CONDITIONS

_ROOM_SEED, _ROOM_COUNT = 2_718, 8  # the rooms of the condition "rooms": no training run simulates them


def check_condition(name: str) -> None:
    """Refuse an unknown name.

    Raises:
        RecipeError: naming those that are allowed.
    """
    _parse(name)


def apply_condition(
    name: str,
    speech: NDArray[np.float32] | NDArray[np.int16],
    seed: int,
    clip: str = "",
    *,
    noises: Sequence[NDArray[np.float32]] | None = None,
    rooms: Sequence[NDArray[np.float32]] | None = None,
) -> NDArray[np.float32]:
    """Return a clip as it is heard in a condition, float32 [n]: the same samples stand at the same places.

    Args:
        name: clean; noise_<dB>db: ratio of the active speech (20 ms blocks within 30 dB of the loudest) to the noise;
            level_<dBFS>db: the peak; rooms: a room drawn for the clip.
        speech: [n] at 16 kHz, float32 in -1..1 or int16, with whatever silence stands around it.
        seed, clip: of the run, and the clip's name: they decide the stretch of noise and the room.
        noises: played instead of pink noise; each float32, of any length.
        rooms: impulse responses, instead of simulated rooms.

    Where noise would make the sum clip, both are turned down together.

    Raises:
        RecipeError: the name is unknown.
        AudioError: a given room response cannot be used.
    """
    kind, value = _parse(name)
    sound = from_pcm16(speech.astype(np.int16)) if speech.dtype == np.int16 else speech.astype(np.float32)
    rng = generator(seed, "condition", name, clip)
    if kind == "noise" and sound.size:
        level = float(active_power(NUMPY, sound[None], np.array([[0, sound.size]]))[0])
        noise = _stretch(noises, sound.size, rng) if noises else make_noise("pink", sound.size, rng)
        loud = float(np.mean(np.square(noise, dtype=np.float64)))
        sound = sound + noise * np.float32(np.sqrt(level / max(loud, 1e-12) * 10 ** (-value / 10)))
    elif kind == "level":
        sound = sound * np.float32(10 ** (value / 20) / max(float(np.abs(sound).max(initial=0)), 1e-6))
    elif kind == "rooms":
        choices = [shape_response(room) for room in rooms] if rooms else _simulated()
        response = mix_responses([choices[int(rng.integers(len(choices)))]], [1.0])
        padded = np.pad(sound, (0, response.shape[1]))[None]
        sound = play_in_rooms(NUMPY, padded, response)[0, : sound.size]
    peak = float(np.abs(sound).max(initial=0))
    return sound / np.float32(peak) if peak > 1 and kind != "clean" else sound


def _parse(name: str) -> tuple[str, float]:
    match = CONDITION.fullmatch(name)
    if match:
        return (match[1], float(match[2])) if match[1] else (name, 0.0)
    raise RecipeError(f"evaluation.conditions: {CONDITIONS} are allowed. Received: {name!r}")


def _stretch(noises: Sequence[NDArray[np.float32]], length: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random stretch of one of the noises, repeated where it is shorter."""
    noise = noises[int(rng.integers(len(noises)))]
    return np.take(noise, np.arange(length) + int(rng.integers(noise.size)), mode="wrap")


@lru_cache(maxsize=1)
def _simulated() -> list[NDArray[np.float32]]:
    return [simulate_room(_ROOM_SEED, index)[0] for index in range(_ROOM_COUNT)]
