"""The features stage: sounds of `clips.jsonl` become feature sets, chunk by chunk, on every core."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.arrays import NUMPY
from trainer.core.audio import write_wav
from trainer.core.clips import Split, read_clips
from trainer.core.ragged import RaggedStore, RaggedWriter
from trainer.core.seeds import generator
from trainer.core.workers import ProgressClock, map_in_order
from trainer.events import Report, Sample, Warning, discard
from trainer.features.augment import AUGMENT_VERSION, augment
from trainer.features.bank import make_bank, open_bank
from trainer.features.embedding import EMBEDDING, HEARD, ear_of, embed
from trainer.features.frontend import CHANNELS, FRAMES_PER_SECOND, FRONT_END_VERSION, features_of
from trainer.features.scenes import LEAD, Scene
from trainer.features.sets import FeatureSet, plan_sets
from trainer.features.streams import join_blocks
from trainer.recipe import AugmentationRecipe, Recipe

CHUNK = 64  # rows that one task makes
STREAM = 8  # blocks of about 10 s that an ambient stream is joined from
LISTEN = 6  # rows of a set that can be listened to


@dataclass(frozen=True)
class Chunk:
    """One task: some scenes of a set. `listen` rows of them come back as sound, too.

    `embedding` is the folder of the speech embedding that hears the rows, too, or None.
    """

    samples: Path
    bank: Path
    recipe: AugmentationRecipe
    seed: int
    set: str
    index: int
    scenes: tuple[Scene, ...]
    joined: bool
    listen: int
    embedding: Path | None


@dataclass(frozen=True)
class ChunkRows:
    """What a task gives back.

    Attributes:
        rows: features of every row, uint16 [frames, 40].
        sounds: of the first ones, int16 [n].
        heard: embeddings of every row and its lead-in, float16 [n, 96]; none without an embedding.
    """

    rows: list[NDArray[np.uint16]]
    sounds: list[NDArray[np.int16]]
    heard: list[NDArray[np.float16]]


def make_features(recipe: Recipe, samples: Path, folder: Path, executor: Executor, report: Report) -> None:
    """Write every feature set, `listen/`, `bank/` and `features.json` into `folder`.

    Args:
        samples: folder with `clips.jsonl` and `audio/`.
        executor: runs the chunks; the result depends neither on how many work nor on who is first.

    Raises:
        DataError: a split lacks clips of the phrase.
    """
    clips = read_clips(samples / "clips.jsonl")
    audio: RaggedStore[np.int16] = RaggedStore(samples / "audio")
    sets = plan_sets(recipe, clips, audio.lengths().tolist())
    for split in (Split.TRAIN, Split.VALIDATION):
        refused = make_bank(folder / "bank" / split, samples, clips, split, recipe.seed, executor)
        if refused:
            names = ", ".join(f"{r.origin} ({r.reason})" for r in refused[:5])
            report(Warning("rooms_refused", f"{len(refused)} room responses cannot be used: {names}"))
    clock = ProgressClock(sum(len(s.scenes) for s in sets), "rows", report)
    summary = {s.name: _write_set(s, recipe, samples, folder, executor, clock, report) for s in sets}
    header = {"front_end_version": FRONT_END_VERSION, "augment_version": AUGMENT_VERSION, "sets": summary}
    (folder / "features.json").write_text(json.dumps(header, indent=1))


def make_rows(chunk: Chunk) -> ChunkRows:
    """Augment the scenes of a chunk and run the front end over them; what a worker does."""
    bank = open_bank(chunk.bank, chunk.samples)
    rng = generator(chunk.seed, "augment", chunk.set, chunk.index)
    sounds = augment(NUMPY, chunk.scenes, bank, chunk.recipe, rng)
    if chunk.joined:
        sounds = [join_blocks(sounds)]
    leads = [scene.lead for scene in chunk.scenes[: len(sounds)]]
    rows = [
        features_of(sound)[lead * FRAMES_PER_SECOND // 16_000 :] for sound, lead in zip(sounds, leads, strict=True)
    ]
    folder = chunk.embedding
    heard = [embed(sound, folder).astype(np.float16) for sound in sounds] if folder else []
    return ChunkRows(rows, [s[lead:] for s, lead in zip(sounds[: chunk.listen], leads, strict=False)], heard)


def _write_set(
    planned: FeatureSet,
    recipe: Recipe,
    samples: Path,
    folder: Path,
    executor: Executor,
    clock: ProgressClock,
    report: Report,
) -> dict[str, float]:
    if planned.dropped:
        message = f"{planned.dropped} copies of the phrase in {planned.name} are too long for a training clip"
        hint = "Left out. Raise augmentation.seconds if they are many."
        report(Warning("too_long", message, hint))
    chunks = _chunks(planned, recipe, samples, folder)
    heard = (
        RaggedWriter(folder / planned.name / HEARD, np.float16, (EMBEDDING,))
        if chunks and chunks[0].embedding
        else None
    )
    writer = RaggedWriter(folder / planned.name, np.uint16, (CHANNELS,))
    frames = rows = 0
    for chunk, made in zip(chunks, map_in_order(executor, make_rows, chunks, discard, "chunks", 16), strict=True):
        for number, sound in enumerate(made.sounds):
            _write_sample(folder, f"{planned.name}_{number}.wav", sound, report)
        for row in made.rows:
            writer.append(row)
            frames, rows = frames + len(row), rows + 1
        if heard:
            for embeddings in made.heard:
                heard.append(embeddings)
        clock.advance(len(chunk.scenes))
    writer.close()
    if heard:
        heard.close({"lead": LEAD * FRAMES_PER_SECOND // 16_000})
    ends = [-1] * rows if planned.joined else [scene.end_frame for scene in planned.scenes]
    sources = [-1] * rows if planned.joined else [scene.clip for scene in planned.scenes]
    np.save(folder / planned.name / "ends.npy", np.asarray(ends, np.int32))
    np.save(folder / planned.name / "clips.npy", np.asarray(sources, np.int32))
    hours = round(frames / FRAMES_PER_SECOND / 3600, 4)
    return {"rows": rows, "hours": hours, "dropped": planned.dropped}


def _chunks(planned: FeatureSet, recipe: Recipe, samples: Path, folder: Path) -> Sequence[Chunk]:
    count = len(planned.scenes)
    parts = count // STREAM if planned.joined else -(-count // CHUNK)
    cuts = [count * i // parts for i in range(parts + 1)] if parts else []
    bank = folder / "bank" / planned.split
    embedding = ear_of(recipe.training) if planned.split is Split.TRAIN else None
    return [
        Chunk(
            samples,
            bank,
            recipe.augmentation,
            recipe.seed,
            planned.name,
            index,
            planned.scenes[start:stop],
            planned.joined,
            (LISTEN if index == 0 else 0) if not planned.joined else int(index < 2),
            embedding,
        )
        for index, (start, stop) in enumerate(pairwise(cuts))
    ]


def _write_sample(folder: Path, name: str, sound: NDArray[np.int16], report: Report) -> None:
    """Write a row for people to hear; the event names the place that it has once the folder is whole."""
    write_wav(folder / "listen" / name, sound)
    whole = folder.with_name(folder.name.removesuffix(".partial"))
    report(Sample(str(whole / "listen" / name), name.removesuffix(".wav")))
