"""Which scenes every feature set consists of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from trainer.core.clips import SYNTHETIC, Clip, ClipKind, Split
from trainer.core.seeds import generator
from trainer.errors import DataError
from trainer.features.scenes import Scene, Source, cut_neighbour, pack_clips, place_phrase, run_speech
from trainer.recipe import AugmentationRecipe, Recipe

NEAR_GAP_S = (0.0, 0.5)  # between near misses: from run together to clearly apart
SPEECH_GAP_S = (0.1, 0.6)  # between sentences
SPEECH_S = (3.0, 12.0)  # length of rows of speech
NOISE_S = (4.0, 8.0)  # of noise and music
BLOCK_S = (9.0, 10.0)  # of the blocks that ambient streams are joined from, each in a place of its own
_LONE = 0.2  # share of near-miss rows that hold one alone, as positives do
_WORD_S = (0.35, 1.4)  # pieces of other speech that stand alone: about what words and phrases last
_SHORT_S = 1.6  # recordings up to it are taken whole half of the time: words and calls that were said alone
_LONGEST_S = 8.0  # of speech counts for how often it is cut from: one story must not be most of it
_RUN_ON_LEAD = 0.5  # of near-miss rows are preceded by speech, so that running speech itself tells nothing
_VALIDATION_COPIES = 2
_GENERATED_S = 600.0  # generated noise in train_noise, seconds; `_QUIET_S` of nearly silent rooms
_QUIET_S = 90.0
_AMBIENT_S = 1800.0  # validation streams are gone through again, otherwise augmented, until they last so long
_AMBIENT_PASSES = 4  # at most


@dataclass(frozen=True)
class FeatureSet:
    """Scenes of one set.

    Attributes:
        dropped: copies of the phrase that do not fit into a row.
        joined: the scenes are blocks of long streams.
    """

    name: str
    split: Split
    scenes: tuple[Scene, ...]
    dropped: int = 0
    joined: bool = False


def plan_sets(recipe: Recipe, clips: Sequence[Clip], lengths: Sequence[int]) -> list[FeatureSet]:
    """Return every set's scenes; they depend on the recipe, the clips and the seed alone.

    Args:
        lengths: samples of every clip.

    Raises:
        DataError: a split has no positive clip, or none that fits.
    """
    sources: dict[tuple[Split, ClipKind], list[Source]] = {}
    for row, (clip, length) in enumerate(zip(clips, lengths, strict=True)):
        end = round((clip.end_s if clip.end_s is not None else clip.seconds) * 16_000)
        source = Source(row, int(length), clip.speaker, min(int(length), end))
        if length > 0:
            sources.setdefault((clip.split, clip.kind), []).append(source)
    choice, sets = recipe.augmentation, list[FeatureSet]()
    for split, prefix in ((Split.TRAIN, "train"), (Split.VALIDATION, "validation")):
        kinds = {kind: sources.get((split, kind), []) for kind in ClipKind}
        rng = generator(recipe.seed, "scenes", split)
        train = split is Split.TRAIN
        copies, near_copies = (
            (choice.copies, choice.near_miss_copies) if train else (_VALIDATION_COPIES, _VALIDATION_COPIES)
        )
        positives = _positives(f"{prefix}_positive", split, kinds, choice, copies, rng)
        sets.append(positives)
        near = _near_misses(kinds, choice, near_copies, rng)
        if train:  # drawn from a generator of their own: without them all else stays as it was
            alone = round(choice.alone * len(positives.scenes))
            near += tuple(_alone(kinds, choice, alone, generator(recipe.seed, "alone")))
        sets.append(FeatureSet(f"{prefix}_near_miss", split, near))
        if train:
            sets.append(FeatureSet("train_speech", split, _speech(kinds, choice.speech_copies, rng)))
            sets.append(FeatureSet("train_noise", split, _noise(kinds, choice.speech_copies, rng)))
        else:
            sets.append(FeatureSet("validation_ambient", split, _ambient(kinds, rng), joined=True))
    return sets


_Kinds = Mapping[ClipKind, list[Source]]


def _positives(
    name: str, split: Split, kinds: _Kinds, choice: AugmentationRecipe, copies: int, rng: np.random.Generator
) -> FeatureSet:
    scenes, dropped = list[Scene](), 0
    for source in kinds[ClipKind.POSITIVE]:
        weight = choice.recorded_weight if split is Split.TRAIN and not source.speaker.startswith(SYNTHETIC) else 1.0
        for _ in range(round(copies * weight)):
            speech, speed = kinds[ClipKind.SPEECH], _speed(choice, rng)
            scene = place_phrase(source, choice.seconds, speed, speech, choice.run_on, rng)
            if scene is None:
                dropped += 1
                continue
            scenes.append(scene)
    if not scenes:
        raise DataError(
            f"{split}: no clip of the phrase fits into {choice.seconds} s ({dropped} copies are too long)"
            if dropped
            else f"{split}: there is no clip of the phrase",
            hint="Raise augmentation.seconds." if dropped else "Raise samples.positives, or add voices.",
        )
    return FeatureSet(name, split, tuple(scenes), dropped)


def _near_misses(
    kinds: _Kinds, choice: AugmentationRecipe, copies: int, rng: np.random.Generator
) -> tuple[Scene, ...]:
    scenes: list[Scene] = []
    speech = kinds[ClipKind.SPEECH]
    for _ in range(copies):
        order = _shuffled(kinds[ClipKind.NEAR_MISS], rng)
        for scene in pack_clips(order, choice.seconds, NEAR_GAP_S, _LONE, partial(_speed, choice, rng), rng):
            if speech and rng.random() < _RUN_ON_LEAD:
                said = cut_neighbour("", speech, rng, before=scene.pieces[0].at)
                scenes.append(replace(scene, pieces=(*scene.pieces, said), clip=-1))
            else:
                scenes.append(scene)
    return tuple(scenes)


def _alone(kinds: _Kinds, choice: AugmentationRecipe, count: int, rng: np.random.Generator) -> Iterator[Scene]:
    """Yield rows in which a word's length of other speech stands where the phrase would: quiet tells nothing."""
    speech = [s for s in kinds[ClipKind.SPEECH] if s.length >= _WORD_S[0] * 16_000]
    short = [s for s in speech if s.length <= _SHORT_S * 16_000]
    if not speech:
        return
    weights = np.array([min(s.length, _LONGEST_S * 16_000) for s in speech])
    often = np.cumsum(weights / weights.sum())
    for _ in range(count):
        if short and rng.random() < 0.5:
            source = short[int(rng.integers(len(short)))]
            start, length = 0, source.length
        else:
            source = speech[min(int(np.searchsorted(often, rng.random())), len(speech) - 1)]
            length = min(source.length, int(rng.uniform(*_WORD_S) * 16_000))
            start = int(rng.integers(source.length - length + 1))
        word = replace(source, length=length, end=length)
        scene = place_phrase(word, choice.seconds, _speed(choice, rng), [], 0.0, rng)
        if scene:
            piece = replace(scene.pieces[0], start=start, stop=start + length)
            yield replace(scene, pieces=(piece,), end=-1)


def _speed(choice: AugmentationRecipe, rng: np.random.Generator) -> float:
    return float(rng.uniform(*choice.speed_range)) if rng.random() < choice.speed else 1.0


def _speech(kinds: _Kinds, copies: int, rng: np.random.Generator) -> tuple[Scene, ...]:
    return _sorted(
        scene
        for _ in range(copies)
        for scene in run_speech(_shuffled(kinds[ClipKind.SPEECH], rng), SPEECH_S, SPEECH_GAP_S, rng)
    )


def _noise(kinds: _Kinds, copies: int, rng: np.random.Generator) -> tuple[Scene, ...]:
    recorded = kinds[ClipKind.NOISE] + kinds[ClipKind.MUSIC]
    scenes = [
        scene for _ in range(copies) for scene in run_speech(_shuffled(recorded, rng), NOISE_S, (0.0, 0.1), rng)
    ]
    for seconds, background in ((_GENERATED_S, True), (_QUIET_S, False)):
        while seconds > 0:
            frames = round(float(rng.uniform(*NOISE_S)) * 100)
            scenes.append(Scene(frames, (), background=background, plain=not background))
            seconds -= frames / 100
    return _sorted(scenes)


def _ambient(kinds: _Kinds, rng: np.random.Generator) -> tuple[Scene, ...]:
    """Return blocks: all sound plain, then again with noise and rooms; generated noise at the end."""
    sources = [s for kind in (ClipKind.SPEECH, ClipKind.NOISE, ClipKind.MUSIC) for s in kinds[kind]]
    seconds = sum(s.length for s in sources) / 16_000
    passes = 2 + min(_AMBIENT_PASSES - 2, int(_AMBIENT_S / max(seconds, 1.0)))
    scenes: list[Scene] = []
    for number in range(passes):
        blocks = run_speech(_shuffled(sources, rng), BLOCK_S, SPEECH_GAP_S, rng, lead=0)
        scenes += [replace(block, plain=number == 0) for block in blocks]
    noise = Scene(round(BLOCK_S[1] * 100), (), lead=0, background=True)
    generated = 12 if kinds[ClipKind.NOISE] or kinds[ClipKind.MUSIC] else 60  # blocks of 10 s
    return (*scenes, *[noise] * generated)


def _shuffled(sources: Sequence[Source], rng: np.random.Generator) -> list[Source]:
    return [sources[int(i)] for i in rng.permutation(len(sources))]


def _sorted(scenes: Iterable[Scene]) -> tuple[Scene, ...]:
    """Return the shortest first: rows that are worked on together then have nearly one length."""
    return tuple(sorted(scenes, key=lambda scene: scene.frames))
