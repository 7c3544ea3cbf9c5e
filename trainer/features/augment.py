"""From planned scenes to what a microphone in a room records, many rows at a time.

Chance is drawn by NumPy on the host, sound is worked on through `Arrays`: a seed gives the same on CPU and GPU.
The order is that of a real room: speech * room + noise * another place, then the microphone's colour, gain, clipping,
its own noise, and rounding to int16.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import Arrays
from trainer.core.audio import from_pcm16
from trainer.features.bank import Bank
from trainer.features.colour import GRID, colour_rows, distort_rows, draw_colour, row_length
from trainer.features.resample import change_speed
from trainer.features.rooms import mix_responses, play_in_rooms
from trainer.features.scenes import Piece, Scene
from trainer.recipe import AugmentationRecipe

AUGMENT_VERSION = 2  # raise it when the same recipe and seed give other sound
BATCH = 8  # rows at a time on a CPU: they stay within its cache
_NOISE_ROOM = 0.25  # probability that the noise, too, comes from elsewhere in a room
_MICROPHONE, _STOP = 0.5, 0.1  # probabilities of band limits and of a stop band
_SECOND_NOISE = 0.25
_FLOOR_DB = (-84.0, -50.0)  # RMS of the microphone's own noise, dBFS
_FLOOR_BELOW = 25.0  # dB that it stays below the peak: quiet gain must not bury the word
_ACTIVE = 320  # samples, 20 ms: blocks that speech activity is judged by
_ACTIVE_SHARE = 1e-3  # of the loudest block's power: what is below -30 dB is a pause
_FADE = np.linspace(0, 1, 80, dtype=np.float32)  # 5 ms at both ends of a piece: two that touch cross-fade


@dataclass(frozen=True)
class Draws:
    """Everything that chance decides about a batch of rows, on the host.

    Attributes:
        speech: float32 [rows, n], dry. `spans` int [rows, 2] says where its level counts.
        noise, floor: float32 [rows, n], RMS 0.1 each (noise 0 where there is none).
        snr_db, peak_db, floor_db: float32 [rows].
        roomy, noise_roomy, coloured, bent: rows played in a room, whose noise is, filtered, clipped.
        responses, noise_responses: float32 [of those rows, k].
        colours: float32 [of those rows, GRID].
        hard, amount: bool and float32 [of those rows].
        lead: samples before the kept part.
    """

    speech: NDArray[np.float32]
    spans: NDArray[np.int64]
    noise: NDArray[np.float32]
    floor: NDArray[np.float32]
    snr_db: NDArray[np.float32]
    peak_db: NDArray[np.float32]
    floor_db: NDArray[np.float32]
    roomy: list[int]
    responses: NDArray[np.float32]
    noise_roomy: list[int]
    noise_responses: NDArray[np.float32]
    coloured: list[int]
    colours: NDArray[np.float32]
    bent: list[int]
    hard: NDArray[np.bool_]
    amount: NDArray[np.float32]
    lead: int


def augment(
    arrays: Arrays, scenes: Sequence[Scene], bank: Bank, recipe: AugmentationRecipe, rng: np.random.Generator
) -> list[NDArray[np.int16]]:
    """Return the sound of every scene, int16 [scene.length]."""
    rows: list[NDArray[np.int16]] = []
    for at in range(0, len(scenes), BATCH):
        batch = scenes[at : at + BATCH]
        sound = arrays.to_host(render(arrays, draw(batch, bank, recipe, rng)))
        rows += [row[: scene.length] for row, scene in zip(sound, batch, strict=True)]
    return rows


def draw(scenes: Sequence[Scene], bank: Bank, recipe: AugmentationRecipe, rng: np.random.Generator) -> Draws:
    """Decide about a batch of scenes that share their lead-in."""
    n = row_length(max(scene.length for scene in scenes))
    rows = len(scenes)
    rich = [not scene.plain for scene in scenes]

    def chosen(probability: float) -> list[int]:
        dice = rng.random(rows)
        return [i for i in range(rows) if rich[i] and dice[i] < probability]

    noise = np.zeros((rows, n), np.float32)
    needed = {i for i, scene in enumerate(scenes) if scene.background}
    noisy = sorted({*chosen(recipe.noise), *needed})
    for i in noisy:
        noise[i] = bank.background(n, rng)
        if rng.random() < _SECOND_NOISE:
            noise[i] += bank.background(n, rng) * np.float32(10 ** (rng.uniform(-12, 0) / 20))
    roomy, noise_roomy = chosen(recipe.rooms), [i for i in chosen(_NOISE_ROOM) if i in noisy]
    equalised, limited, stopped = (set(chosen(p)) for p in (recipe.equaliser, _MICROPHONE, _STOP))
    coloured = sorted(equalised | limited | stopped)
    colours = [draw_colour(i in equalised, i in limited, i in stopped, rng) for i in coloured]
    bent = chosen(recipe.clipping)
    peak_db = rng.uniform(*recipe.gain_db, rows).astype(np.float32)
    return Draws(
        speech=np.stack([_assemble(scene.pieces, n, bank) for scene in scenes]),
        spans=np.array([scene.span if scene.span[1] else (0, n) for scene in scenes]),
        noise=noise,
        floor=np.stack([bank.floor(n, rng) for _ in scenes]),
        snr_db=rng.uniform(*recipe.snr_db, rows).astype(np.float32),
        peak_db=peak_db,
        floor_db=np.minimum(rng.uniform(*_FLOOR_DB, rows), peak_db - _FLOOR_BELOW).astype(np.float32),
        roomy=roomy,
        responses=_responses(bank, roomy, recipe.room_mix, rng),
        noise_roomy=noise_roomy,
        noise_responses=_responses(bank, noise_roomy, (1.0, 1.0), rng),
        coloured=coloured,
        colours=np.stack(colours) if colours else np.zeros((0, GRID), np.float32),
        bent=bent,
        hard=rng.random(len(bent)) < 0.5,
        amount=rng.uniform(0.1, 0.8, len(bent)).astype(np.float32),
        lead=scenes[0].lead,
    )


def render(arrays: Arrays, draws: Draws) -> Any:
    """Return the rows as a microphone records them, int16 [rows, n]."""
    xp = arrays.xp
    sound, noise = arrays.from_host(draws.speech), arrays.from_host(draws.noise)
    if draws.roomy:
        sound[draws.roomy] = play_in_rooms(arrays, sound[draws.roomy], arrays.from_host(draws.responses))
    if draws.noise_roomy:
        rooms = arrays.from_host(draws.noise_responses)
        noise[draws.noise_roomy] = play_in_rooms(arrays, noise[draws.noise_roomy], rooms)
    level = active_power(arrays, sound, arrays.from_host(draws.spans))
    kept = noise[:, draws.lead :]
    loud = xp.einsum("ij,ij->i", kept, kept) / kept.shape[1]
    wanted = xp.where(level > 0, level, 1e-2) * 10 ** (-arrays.from_host(draws.snr_db) / 10)
    sound += noise * xp.sqrt(wanted / xp.maximum(loud, 1e-12)).astype(xp.float32)[:, None]
    if draws.coloured:
        sound[draws.coloured] = colour_rows(arrays, sound[draws.coloured], arrays.from_host(draws.colours))
    sound /= xp.maximum(xp.abs(sound[:, draws.lead :]).max(axis=1), 1e-9)[:, None]
    if draws.bent:
        hard, amount = arrays.from_host(draws.hard), arrays.from_host(draws.amount)
        sound[draws.bent] = distort_rows(arrays, sound[draws.bent], hard, amount)
    sound *= 10 ** (arrays.from_host(draws.peak_db)[:, None] / 20)
    sound += arrays.from_host(draws.floor) * (10 ** (arrays.from_host(draws.floor_db) / 20) * 10)[:, None]
    return xp.clip(xp.rint(sound * 32767), -32768, 32767).astype(xp.int16)


def active_power(arrays: Arrays, sound: Any, spans: Any) -> Any:
    """Return the mean square of the blocks of each row that lie in its span and are no pause, [rows]; 0 if silent."""
    xp = arrays.xp
    blocks = sound.shape[1] // _ACTIVE
    cut = sound[:, : blocks * _ACTIVE].reshape(sound.shape[0], blocks, _ACTIVE)
    power = xp.einsum("ijk,ijk->ij", cut, cut) / _ACTIVE
    middle = (xp.arange(blocks) * _ACTIVE + _ACTIVE // 2)[None]
    power = xp.where((middle >= spans[:, :1]) & (middle < spans[:, 1:]), power, 0)
    active = power > _ACTIVE_SHARE * power.max(axis=1, keepdims=True)
    return xp.where(active, power, 0).sum(axis=1) / xp.maximum(active.sum(axis=1), 1)


def _assemble(pieces: Sequence[Piece], n: int, bank: Bank) -> NDArray[np.float32]:
    """Lay a scene's pieces into one row, each at RMS 0.1 and its gain; what lies outside the row is cut off."""
    row = np.zeros(n, np.float32)
    for piece in pieces:
        sound = change_speed(from_pcm16(bank.audio[piece.row][piece.start : piece.stop]), piece.speed)
        level = float(np.sqrt(np.dot(sound, sound) / max(sound.size, 1)))
        sound = sound * np.float32(0.1 / max(level, 1e-4) * 10 ** (piece.gain_db / 20))
        fade = _FADE[: sound.size]
        sound[: fade.size] *= fade
        sound[sound.size - fade.size :] *= fade[::-1]
        sound = sound[max(0, -piece.at) :]
        at = max(0, piece.at)
        sound = sound[: n - at]
        row[at : at + sound.size] += sound
    return row


def _responses(
    bank: Bank, rows: Sequence[int], wet: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float32]:
    if not rows:
        return np.zeros((0, 1), np.float32)
    picks = rng.integers(len(bank.rooms), size=len(rows))
    return mix_responses([bank.rooms[int(i)] for i in picks], [float(w) for w in rng.uniform(*wet, len(rows))])
