"""Groundwork: makes weights that phrases can begin with, from the training rows of finished runs.

script/bench groundwork --runs RUN RUN --to groundwork.npz --work FOLDER
script/train "a phrase" --set training.groundwork=groundwork.npz --set training.pretraining=0

Each run must have had a teacher, so that its rows come with their speech embedding. Runs of one household share their
recordings, but not what noise, rooms and other speech were mixed with them.
"""

import argparse
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from bench.measuring.tables import show
from trainer.core.clips import Split, read_clips
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import ProgressClock
from trainer.evaluation.provenance import list_sources
from trainer.events import Event, Progress
from trainer.features.embedding import EMBEDDING, HEARD
from trainer.features.frontend import CHANNELS
from trainer.model.groundwork import save_groundwork
from trainer.model.shape import shape_of
from trainer.model.weights import load_weights
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe
from trainer.training.pretraining import SHARES, START, pretrain
from trainer.training.sampler import open_set
from trainer.training.stage import set_up_tensorflow, slices_of
from trainer.training.teacher import open_heard


def join_sets(runs: Sequence[Path], folder: Path) -> None:
    """Write the training sets of all runs as one of each kind, with their embeddings."""
    for name in SHARES:
        parts = [run / "features" / f"train_{name}" for run in runs]
        rows = [RaggedStore[np.uint16](part) for part in parts]
        heard = [RaggedStore[np.float16](part / HEARD) for part in parts]
        leads = {store.meta["lead"] for store in heard}
        if len(leads) > 1:
            raise SystemExit(f"bench.groundwork: the runs were made by different versions; their {name} rows differ")
        joined = folder / f"train_{name}"
        write_ragged(joined, chain.from_iterable(rows), np.uint16, (CHANNELS,))
        write_ragged(joined / HEARD, chain.from_iterable(heard), np.float16, (EMBEDDING,), {"lead": leads.pop()})
        np.save(joined / "ends.npy", np.concatenate([np.load(part / "ends.npy") for part in parts]))


def lay(recipe: Recipe, folder: Path) -> None:
    """Train the network on the joined sets' embeddings, and write `start.npz` to the folder."""
    set_up_tensorflow(recipe.seed, recipe.device)
    sets = {name: open_set(folder / f"train_{name}", name) for name in SHARES}
    clock = ProgressClock(recipe.training.pretraining, "steps", tell)
    shape, slices = shape_of(recipe.model), slices_of(recipe)
    pretrain(sets, open_heard(sets), shape, recipe.training, slices, recipe.seed, folder, clock)


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
    parser.add_argument("--to", type=Path, required=True, metavar="FILE")
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER", help="for the joined rows")
    parser.add_argument("--steps", type=int, default=15_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(words)
    without = [run for run in args.runs if not (run / "features" / "train_speech" / HEARD / "store.json").is_file()]
    if without:
        parser.error(f"{without[0]} is no finished run that had a teacher")
    recipe = load_recipe("standard", settings=(f"training.pretraining={args.steps}", f"seed={args.seed}"))
    join_sets(args.runs, args.work)
    lay(recipe, args.work)
    heard = {
        (clip.origin, clip.text): clip
        for run in args.runs
        for clip in read_clips(run / "samples" / "clips.jsonl")
        if clip.split is Split.TRAIN
    }
    sources = list_sources(list(heard.values()), {})
    save_groundwork(args.to, load_weights(args.work / START, shape_of(recipe.model)), sources)
    rows = [(source["name"], source["licence"], f"{source['hours']:.2f}") for source in sources]
    show("Heard", ("source", "licence", "hours"), rows)


if __name__ == "__main__":
    main()
