"""Training learns, is reproducible to the byte, and goes on where it was killed."""

import json
import multiprocessing
import os
import signal
import time
from collections import deque
from pathlib import Path

import numpy as np
import pytest
from feature_sets import WORD_END, falling_word, word, write_feature_sets

from trainer.core.folders import is_whole, whole_folder
from trainer.core.workers import ProgressClock
from trainer.errors import RecipeError, TrainingError
from trainer.events import Event, Metric, Progress, Warning, discard
from trainer.model.dense import forward_numpy
from trainer.model.shape import SIZES, shape_of
from trainer.model.weights import FEATURE_SCALE, load_weights
from trainer.recipe import ModelRecipe, Recipe
from trainer.recipe_files import load_recipe
from trainer.training.checkpoints import Checkpoint, Checkpoints
from trainer.training.loss import choose_windows
from trainer.training.sampler import Sampler, open_set
from trainer.training.stage import SPIKES, Trainer, train_model
from trainer.training.validation import sliding_mean

SMALL = (
    "model.size=small",
    "training.batch=32",
    "training.steps=[120, 60]",
    "training.evaluate_every=30",
    "training.warm_up=10",
    "training.ema=0.9",
)


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_feature_sets(tmp_path_factory.mktemp("features"))


def small_recipe(*settings: str) -> Recipe:
    return load_recipe("quick", settings=(*SMALL, *settings))


def train(recipe: Recipe, features: Path, folder: Path) -> list[Event]:
    events: list[Event] = []
    folder.mkdir(exist_ok=True)
    train_model(recipe, features, folder, events.append)
    return events


@pytest.fixture(scope="module")
def trained(features: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    folder = tmp_path_factory.mktemp("trained")
    return folder, train(small_recipe(), features, folder)


def test_it_learns_the_word_and_not_the_near_miss(trained: tuple[Path, list[Event]]) -> None:
    folder, _ = trained
    shape = SIZES["small"]
    weights = load_weights(folder / "weights.npz", shape)
    rng = np.random.default_rng(99)

    def peak(features: np.ndarray) -> float:
        return float(sliding_mean(forward_numpy(weights, shape, features * FEATURE_SCALE)).max())

    words = [peak(word(rng)) for _ in range(20)]
    near = [peak(falling_word(rng)) for _ in range(20)]
    assert np.median(words) > 0.5 > np.median(near)
    assert min(words) > max(near)


def test_validation_is_reported_and_recorded(trained: tuple[Path, list[Event]]) -> None:
    folder, events = trained
    metrics = [event for event in events if isinstance(event, Metric)]
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    assert [metric.step for metric in metrics] == [row["step"] for row in rows] == [30, 60, 90, 120, 150, 180]
    assert {"loss", "rate", "recall", "false_accepts_per_hour", "threshold"} <= set(rows[0])
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_nothing_but_results_is_left(trained: tuple[Path, list[Event]]) -> None:
    folder, _ = trained
    assert sorted(path.name for path in folder.iterdir()) == ["history.jsonl", "weights.npz"]


@pytest.mark.slow
def test_same_seed_same_bytes(features: Path, tmp_path: Path, trained: tuple[Path, list[Event]]) -> None:
    train(small_recipe(), features, tmp_path)
    assert (tmp_path / "weights.npz").read_bytes() == (trained[0] / "weights.npz").read_bytes()


@pytest.mark.slow
def test_another_seed_other_bytes(features: Path, tmp_path: Path, trained: tuple[Path, list[Event]]) -> None:
    train(small_recipe("seed=2"), features, tmp_path)
    assert (tmp_path / "weights.npz").read_bytes() != (trained[0] / "weights.npz").read_bytes()


def _train_for_ever(features: str, folder: str) -> None:
    with whole_folder(Path(folder), "key") as partial:
        train_model(small_recipe(), Path(features), partial, discard)


@pytest.mark.slow
def test_killed_and_resumed_it_ends_with_the_same_weights(
    features: Path, tmp_path: Path, trained: tuple[Path, list[Event]]
) -> None:
    folder = tmp_path / "training"
    history = tmp_path / "training.partial" / "history.jsonl"
    child = multiprocessing.get_context("spawn").Process(target=_train_for_ever, args=(str(features), str(folder)))
    child.start()
    deadline = time.monotonic() + 120
    while not history.exists() or len(history.read_text().splitlines()) < 2:
        assert child.is_alive(), "training ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert not folder.exists()
    _train_for_ever(str(features), str(folder))
    assert is_whole(folder, "key")
    assert (folder / "weights.npz").read_bytes() == (trained[0] / "weights.npz").read_bytes()
    steps = [json.loads(line)["step"] for line in (folder / "history.jsonl").read_text().splitlines()]
    assert steps == [30, 60, 90, 120, 150, 180]


TRIED = ("training.beginnings=3", "training.trial_steps=30")


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture(scope="module")
def tried(features: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    folder = tmp_path_factory.mktemp("tried")
    return folder, train(small_recipe(*TRIED), features, folder)


@pytest.mark.slow
def test_of_several_beginnings_the_best_goes_on(
    features: Path, tmp_path: Path, tried: tuple[Path, list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    scores: dict[int, float] = {}
    adopt = Checkpoints.adopt

    def watch(own: Checkpoints, other: Checkpoints, place: Checkpoint) -> None:
        for folder in own.folder.glob("beginning_*"):
            begun = json.loads((folder / "checkpoint.json").read_text())
            assert begun["step"] == 30
            scores[begun["beginning"]] = begun["best_score"]
        assert place.best_score == scores[place.beginning] == max(scores.values())
        assert place.beginning, "the first is the best here: it would go on in any case"
        adopt(own, other, place)

    monkeypatch.setattr(Checkpoints, "adopt", watch)
    train(small_recipe(*TRIED), features, tmp_path)
    assert len(set(scores.values())) == 3, "beginnings differ"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.jsonl", "weights.npz"]
    assert (tmp_path / "weights.npz").read_bytes() == (tried[0] / "weights.npz").read_bytes()


def test_what_is_told_is_of_the_beginning_that_goes_on(tried: tuple[Path, list[Event]]) -> None:
    folder, events = tried
    rows = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    metrics = [event for event in events if isinstance(event, Metric)]
    assert [metric.step for metric in metrics] == [row["step"] for row in rows] == [30, 60, 90, 120, 150, 180]
    assert [metric.values["score"] for metric in metrics] == [row["score"] for row in rows]
    progress = [event for event in events if isinstance(event, Progress)]
    assert (progress[-1].done, progress[-1].total) == (240, 240)


@pytest.mark.slow
@pytest.mark.parametrize("saves", [1, 2, 3, 4, 6])
def test_killed_among_its_beginnings_or_after_them_it_ends_with_the_same_weights(
    features: Path, tmp_path: Path, tried: tuple[Path, list[Event]], saves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first three places that are saved are those of the beginnings, the fourth is that of the chosen one."""
    save, seen = Checkpoints.save, iter(range(1, saves + 1))

    def kill(own: Checkpoints, place: Checkpoint) -> None:
        save(own, place)
        if next(seen) == saves:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoints, "save", kill)
        with pytest.raises(Killed):
            train(small_recipe(*TRIED), features, tmp_path)
    assert (tmp_path / "checkpoint.json").exists() is (saves > 3)
    assert len(list(tmp_path.glob("beginning_*"))) == min(saves, 3)
    train(small_recipe(*TRIED), features, tmp_path)
    assert (tmp_path / "weights.npz").read_bytes() == (tried[0] / "weights.npz").read_bytes()


def test_windows_of_a_positive() -> None:
    shape = shape_of(ModelRecipe())
    recipe = small_recipe().training
    windows = choose_windows(np.array([WORD_END, -1], np.int32), shape.steps(300), shape, recipe)
    newest = np.arange(shape.steps(300)) * shape.stride + shape.receptive_field - 1
    assert newest[windows.positive[0]].min() >= WORD_END
    assert newest[windows.positive[0]].max() < WORD_END + recipe.end_slices
    assert not (windows.positive[0] & windows.negative[0]).any()
    ignored = ~(windows.positive[0] | windows.negative[0])
    assert ignored.any()
    assert windows.negative[1].all()
    assert not windows.positive[1].any()


def test_killed_at_the_end_of_its_patience_a_phase_stays_ended() -> None:
    trainer = object.__new__(Trainer)
    trainer.recipe = small_recipe("training.patience=2").training
    place = Checkpoint(step=90, best_step=30, best_score=0.5, phase=0, phase_began=0, mined=(), state={})
    after = trainer._phase(place, ProgressClock(180, "steps", discard))
    assert (after.phase, after.phase_began, after.step, after.best_step) == (1, 90, 90, 30)


def test_a_gradient_that_is_often_far_beyond_its_median_is_told() -> None:
    trainer = object.__new__(Trainer)
    trainer.norms, trainer.spikes = deque(maxlen=200), 0
    told: list[Event] = []
    trainer.report = told.append
    for step in range(1000):
        trainer._watch(1.0 if step % 8 else 4.9, step)
    assert not told, "below five times the median"
    for step in range(1000, 1000 + 8 * SPIKES):
        trainer._watch(1.0 if step % 8 else 5.1, step)
    assert not told, "one hard batch now and then is no alarm"
    trainer._watch(7.5, 2000)
    assert [event.code for event in told if isinstance(event, Warning)] == ["gradient"]
    assert "7.5 at step 2000; usually 1.00" in told[0].message


def test_rates_are_told_at_the_threshold_that_recall_is_told_at(trained: tuple[Path, list[Event]]) -> None:
    rows = [json.loads(line) for line in (trained[0] / "history.jsonl").read_text().splitlines()]
    target = small_recipe().training.target_false_accepts
    assert all(row["false_accepts_per_hour"] <= target for row in rows)
    assert all("false_accepts_at_half" in row for row in rows)


def test_clip_wise_keeps_one_window() -> None:
    shape = shape_of(ModelRecipe())
    recipe = small_recipe("training.loss=clip").training
    windows = choose_windows(np.array([WORD_END, -1], np.int32), shape.steps(300), shape, recipe)
    assert windows.positive.sum(1).tolist() == [1, 0]
    assert windows.negative.sum(1).tolist() == [0, 1]


def test_batches_depend_on_seed_and_step_alone(features: Path) -> None:
    def sampler(seed: int) -> Sampler:
        sets = [open_set(features / f"train_{name}", name) for name in ("positive", "near_miss", "speech", "noise")]
        shares = {"positive": 0.5, "near_miss": 0.25, "speech": 0.2, "noise": 0.05, "mined": 0.1}
        return Sampler(sets, shares, 40, 300, seed, mixup=0.2)

    one, two = sampler(1), sampler(1)
    two.batch(0)
    assert np.array_equal(one.batch(7).features, two.batch(7).features)
    assert not np.array_equal(one.batch(7).features, sampler(2).batch(7).features)
    assert sum(one.counts().values()) == 40
    assert (one.batch(3).ends >= 0).sum() == one.counts()["positive"]


def test_without_positives_training_says_so(features: Path) -> None:
    with pytest.raises(TrainingError, match="no positive"):
        Sampler([open_set(features / "train_speech", "speech")], {"speech": 1}, 8, 300, 1)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"filters": (64, 64)}, "one entry for each block"),
        ({"kernels": ((5,), (99,)), "filters": (8, 8)}, "1 to 63"),
        ({"stride": 3, "first_kernel": 2}, "first_kernel"),
        ({"kernels": ((3,),) * 20}, "state variables"),
        ({"size": "large", "filters": (200, 200, 200, 200)}, "parameters"),
    ],
)
def test_shapes_that_no_device_takes_are_refused(settings: dict, named: str) -> None:
    with pytest.raises(RecipeError, match=named):
        shape_of(ModelRecipe(**settings))
