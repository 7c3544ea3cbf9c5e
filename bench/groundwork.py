"""Groundwork: makes weights that phrases can begin with, from what finished runs spoke and heard.

script/bench groundwork --runs RUN RUN --to groundwork.npz --work FOLDER
script/train "a phrase" --set training.groundwork=groundwork.npz --set training.pretraining=0

A run's folder gives its recordings and its voices' near misses and other speech, each at several speeds, so that one
speaker becomes several; the phrase itself is left out, and sources that are named, for their licence say. What FOLDER
holds already is not made again.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.measuring.tables import show
from trainer.core.audio import SAMPLE_RATE, from_pcm16, to_pcm16
from trainer.core.clips import SYNTHETIC, Clip, ClipKind, Split, read_clips, write_manifest
from trainer.core.folders import is_whole, whole_folder
from trainer.core.ragged import RaggedStore, RaggedWriter
from trainer.core.seeds import generator
from trainer.core.workers import ProgressClock, process_pool
from trainer.events import Event, Progress
from trainer.features.stage import make_features
from trainer.model.groundwork import save_groundwork
from trainer.model.shape import shape_of
from trainer.model.weights import load_weights
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe
from trainer.samples.resampling import to_device_rate
from trainer.training.pretraining import START, pretrain
from trainer.training.sampler import POSITIVE, open_set
from trainer.training.stage import set_up_tensorflow, slices_of
from trainer.training.teacher import open_heard

SPEEDS = (0.8, 0.87, 0.93, 1.0, 1.08, 1.16, 1.25)  # with the pitch: of every recording
SPOKEN = 3  # of these for a voice's clip: it has other tempos and tracts already
SETS = ("near_miss", "speech", "noise")
SETTINGS = ("augmentation.speech_copies=1", "augmentation.near_miss_copies=2", "augmentation.alone=0")
Take = tuple[Clip, NDArray[np.int16]]


def takes_of(run: Path, without: Sequence[str], seed: int, seen: set[tuple[str, str]]) -> Iterator[Take]:
    """Yield a run's clips at their speeds; what another run gave already is left out."""
    clips, audio = read_clips(run / "samples/clips.jsonl"), RaggedStore[np.int16](run / "samples/audio")
    rng = generator(seed, "speeds", run.name)
    for clip, pcm in zip(clips, audio, strict=True):
        if clip.kind is ClipKind.POSITIVE or not len(pcm) or clip.source in without:
            continue
        if (clip.origin, clip.text) in seen:
            continue
        seen.add((clip.origin, clip.text))
        voice = clip.speaker.startswith(SYNTHETIC)
        if clip.kind in (ClipKind.NEAR_MISS, ClipKind.SPEECH):
            speeds = rng.choice(SPEEDS, SPOKEN, replace=False).tolist() if voice else SPEEDS
        else:
            speeds = [1.0]
        for speed in speeds:
            changed = to_pcm16(to_device_rate(from_pcm16(pcm), SAMPLE_RATE, speed)) if speed != 1.0 else np.array(pcm)
            seconds = len(changed) / SAMPLE_RATE
            yield replace(clip, split=Split.TRAIN, seconds=seconds, speaker=f"{clip.speaker}@{speed}"), changed


def gather(runs: Sequence[Path], without: Sequence[str], seed: int, folder: Path) -> None:
    """Write the clips of all runs as one samples folder."""
    writer, clips, seen = RaggedWriter(folder / "audio", np.int16), list[Clip](), set[tuple[str, str]]()
    takes = chain.from_iterable(takes_of(run, without, seed, seen) for run in runs)
    for clip, pcm in chain(takes, _planned(runs[0])):
        writer.append(pcm)
        clips.append(clip)
    writer.close()
    write_manifest(folder / "clips.jsonl", clips)


def _planned(run: Path) -> Iterator[Take]:
    """Yield a clip of the phrase for either split: sets are not planned without one. It is not learnt from."""
    clips = read_clips(run / "samples/clips.jsonl")
    place = next(i for i, clip in enumerate(clips) if clip.kind is ClipKind.POSITIVE)
    pcm = np.array(RaggedStore[np.int16](run / "samples/audio")[place])
    for split in (Split.TRAIN, Split.VALIDATION):
        yield replace(clips[place], split=split), pcm


def make_sets(recipe: Recipe, runs: Sequence[Path], without: Sequence[str], work: Path, executor: Executor) -> Path:
    """Make what is not made yet; return the folder of the feature sets."""
    samples, features = work / "samples", work / "features"
    key = json.dumps([[str(run.resolve()) for run in runs], sorted(without)])
    if not is_whole(samples, key):
        with whole_folder(samples, key) as partial:
            gather(runs, without, recipe.seed, partial)
    if not is_whole(features, key):
        with whole_folder(features, key) as partial:
            make_features(recipe, samples, partial, executor, tell)
    return features


def lay(recipe: Recipe, features: Path, work: Path) -> None:
    """Train the network on the sets' embeddings, and write `start.npz` to the folder."""
    set_up_tensorflow(recipe.seed, recipe.device)
    sets = {name: open_set(features / f"train_{name}", name) for name in SETS}
    # The sampler wants a phrase: there is none, so voices' words stand in for it.
    sets[POSITIVE] = replace(sets["near_miss"], name=POSITIVE)
    heard = open_heard(sets)
    if not heard:
        raise SystemExit("bench.groundwork: the speech embedding is not installed (script/setup --train)")
    clock = ProgressClock(recipe.training.pretraining, "steps", tell)
    pretrain(sets, heard, shape_of(recipe.model), recipe.training, slices_of(recipe), recipe.seed, work, clock)


def tell(event: Event) -> None:
    """Print how far it is."""
    if isinstance(event, Progress):
        print(f"{event.done} of {event.total} {event.unit}", flush=True)


def main(words: Sequence[str] | None = None) -> None:
    """Make the weights and print what they heard."""
    parser = argparse.ArgumentParser(
        prog="script/bench groundwork", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, nargs="+", required=True, metavar="RUN", help="finished runs' folders")
    parser.add_argument("--without", nargs="+", default=[], metavar="SOURCE", help="sources that are left out")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE")
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER", help="for samples and features")
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(words)
    recipe = load_recipe("standard", settings=(*SETTINGS, f"training.pretraining={args.steps}", f"seed={args.seed}"))
    with process_pool(None) as executor:
        features = make_sets(recipe, args.runs, args.without, args.work, executor)
    lay(recipe, features, args.work)
    sources = list_hours(read_clips(args.work / "samples/clips.jsonl"))
    save_groundwork(args.to, load_weights(args.work / START, shape_of(recipe.model)), sources)
    rows = [(source["name"], source["licence"], f"{source['hours']:.2f}") for source in sources]
    show("Heard, at all speeds", ("source", "licence", "hours"), rows)


def list_hours(clips: Sequence[Clip]) -> list[dict[str, Any]]:
    """Return every source with its licence and hours."""
    hours = dict[tuple[str, str], float]()
    for clip in clips:
        of = (clip.source, clip.licence)
        hours[of] = hours.get(of, 0.0) + clip.seconds / 3600
    return [{"name": of[0], "licence": of[1], "hours": round(value, 3)} for of, value in sorted(hours.items())]


if __name__ == "__main__":
    main()
