"""Groundwork: a network that can tell an embedding of speech before it learns the phrase."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_sets import write_feature_sets

from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import ProgressClock
from trainer.events import discard
from trainer.features.embedding import EMBEDDING, HEARD, STEP_SLICES
from trainer.model.shape import SIZES
from trainer.model.weights import initial_weights, load_weights
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe
from trainer.training.optimiser import Optimiser
from trainer.training.pretraining import START, pretrain
from trainer.training.sampler import open_set
from trainer.training.stage import Trainer
from trainer.training.teacher import open_heard

NAMES = ("positive", "near_miss", "speech", "noise")
SMALL = SIZES["small"]


def recipe(*settings: str) -> Recipe:
    return load_recipe("quick", settings=("training.batch=32", "training.warm_up=20", "model.size=small", *settings))


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Feature sets with an embedding that tells how loud every channel was of late: it can be learnt from them."""
    folder = write_feature_sets(tmp_path_factory.mktemp("features"))
    mix = np.random.default_rng(3).standard_normal((40, EMBEDDING)) / 40
    for name in NAMES:
        store: RaggedStore[np.uint16] = RaggedStore(folder / f"train_{name}")
        rows = []
        for row in store:
            moments = range(78, len(row), STEP_SLICES)
            seen = np.stack([np.asarray(row[m - 40 : m], np.float32).mean(0) for m in moments])
            rows.append((seen @ mix / 100).astype(np.float16))
        write_ragged(folder / f"train_{name}" / HEARD, rows, np.float16, (EMBEDDING,), {"lead": 0})
    return folder


def lay(features: Path, folder: Path, steps: int, seed: int = 1) -> None:
    sets = {name: open_set(features / f"train_{name}", name) for name in NAMES}
    training = recipe(f"training.pretraining={steps}").training
    pretrain(sets, open_heard(sets), SMALL, training, 300, seed, folder, ProgressClock(steps, "steps", discard))


def test_it_learns_to_tell_the_embedding(features: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[float] = []
    step = Optimiser.step

    def watch(self: Optimiser, *given: Any) -> tuple[float, float]:
        loss, norm = step(self, *given)
        losses.append(loss)
        return loss, norm

    monkeypatch.setattr(Optimiser, "step", watch)
    lay(features, tmp_path, 120)
    assert len(losses) == 120
    assert [path.name for path in tmp_path.iterdir()] == [START]
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5]), losses
    assert sorted(load_weights(tmp_path / START, SMALL)) == sorted(initial_weights(SMALL, np.random.default_rng(1)))


def test_same_seed_same_groundwork(features: Path, tmp_path: Path) -> None:
    made = [tmp_path / "one", tmp_path / "two", tmp_path / "other"]
    for folder, seed in zip(made, (1, 1, 2), strict=True):
        folder.mkdir()
        lay(features, folder, 12, seed)
    one, two, other = ((folder / START).read_bytes() for folder in made)
    assert one == two != other


def test_the_phrase_begins_with_it_and_with_a_classifier_of_its_own(features: Path, tmp_path: Path) -> None:
    lay(features, tmp_path, 12)
    start = load_weights(tmp_path / START, SMALL)
    trainer = Trainer(recipe(), features, tmp_path, discard, start=start)
    begun = trainer.optimiser.averaged()
    drawn = Trainer(recipe(), features, tmp_path, discard).optimiser.averaged()
    for name, value in begun.items():
        assert np.array_equal(value, drawn[name] if name.startswith("dense/") else start[name]), name
