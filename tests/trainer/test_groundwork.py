"""Groundwork that was laid before: of what it was made, where it fits, and that phrases begin with it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from feature_sets import write_feature_sets

from bench.groundwork import main
from trainer.core.clips import Clip, ClipKind, Split, write_manifest
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import ProgressClock
from trainer.errors import ModelError
from trainer.events import discard
from trainer.features.embedding import EMBEDDING, HEARD
from trainer.model.groundwork import describe_groundwork, load_groundwork, save_groundwork
from trainer.model.shape import SIZES
from trainer.model.weights import Weights, initial_weights, save_weights
from trainer.pipeline import run
from trainer.recipe_files import load_recipe
from trainer.training.pretraining import SHARES
from trainer.training.sampler import open_set
from trainer.training.stage import Trainer, train_model

SMALL = SIZES["small"]
OTHER = initial_weights(SIZES["large"], np.random.default_rng(1))
SOURCES = [{"name": "kerstin", "licence": "CC0", "clips": 300, "hours": 2.7}]


def weights() -> Weights:
    return initial_weights(SMALL, np.random.default_rng(7))


def test_what_it_heard_is_told_of_this_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "groundwork.npz"
    save_groundwork(file, weights(), SOURCES)
    assert describe_groundwork(file) == SOURCES
    save_weights(file, initial_weights(SMALL, np.random.default_rng(8)))
    assert [source["licence"] for source in describe_groundwork(file)] == ["unknown"]
    file.with_suffix(".json").unlink()
    assert [source["licence"] for source in describe_groundwork(file)] == ["unknown"]


def test_a_phrase_begins_with_it_and_tries_no_other_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Trainer] = []

    def keep(self: Trainer, clock: ProgressClock) -> None:
        begun.append(self)

    monkeypatch.setattr(Trainer, "run", keep)
    file = tmp_path / "groundwork.npz"
    save_groundwork(file, weights(), SOURCES)
    recipe = load_recipe("standard", settings=["model.size=small", f"training.groundwork={file}"])
    train_model(recipe, write_feature_sets(tmp_path / "features"), tmp_path / "training", discard)
    [trainer] = begun
    assert trainer.recipe.beginnings == 1
    kept, drawn = weights(), trainer.optimiser.averaged()
    assert all(np.array_equal(drawn[name], kept[name]) for name in kept if not name.startswith("dense/"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda file: None, "is not a weights file"),
        (lambda file: file.write_text("no archive"), "is not a weights file"),
        (lambda file: save_weights(file, OTHER), "another network"),
    ],
)
def test_what_cannot_be_begun_with_is_said_before_anything_is_made(
    tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    file = tmp_path / "groundwork.npz"
    make(file)
    settings = ["phrase.text=hey jarvis", "model.size=small", f"training.groundwork={file}"]
    with pytest.raises(ModelError, match=said) as caught:
        run(load_recipe("quick", settings=settings), tmp_path / "out", discard)
    assert "training.groundwork" in str(caught.value)
    assert caught.value.hint
    assert not (tmp_path / "out").exists()


def listen(features: Path) -> None:
    """Give every row of the training sets an embedding, drawn by chance."""
    rng = np.random.default_rng(3)
    for name in SHARES:
        rows = RaggedStore[np.uint16](features / f"train_{name}")
        heard = [rng.standard_normal((len(row) // 8, EMBEDDING)).astype(np.float16) for row in rows]
        write_ragged(features / f"train_{name}" / HEARD, heard, np.float16, (EMBEDDING,), {"lead": 100})


def test_it_is_made_of_the_rows_of_finished_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [tmp_path / "one", tmp_path / "two"]
    clip = Clip(ClipKind.SPEECH, Split.TRAIN, "unknown:kerstin", "kerstin", "CC0", 3600.0, origin="a.wav")
    for folder in runs:
        listen(write_feature_sets(folder / "features"))
        (folder / "samples").mkdir()
        write_manifest(folder / "samples" / "clips.jsonl", [clip, replace(clip, split=Split.TEST, origin="b.wav")])
    file = tmp_path / "groundwork.npz"
    main(["--runs", *map(str, runs), "--to", str(file), "--work", str(tmp_path / "work"), "--steps", "3"])
    [heard] = describe_groundwork(file)
    assert (heard["name"], heard["licence"], heard["clips"], heard["hours"]) == ("kerstin", "CC0", 1, 1.0)  # once
    assert "kerstin" in capsys.readouterr().out
    assert load_groundwork(file, SIZES["default"])
    for name in SHARES:
        one, both = (open_set(f / f"train_{name}", name) for f in (runs[0] / "features", tmp_path / "work"))
        assert len(both.store) == 2 * len(one.store)
        assert np.array_equal(both.store[len(one.store)], one.store[0])
        assert np.array_equal(both.ends, np.tile(one.ends, 2))


def test_runs_that_cannot_be_learnt_from_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_feature_sets(tmp_path / "features")
    with pytest.raises(SystemExit):
        main(["--runs", str(tmp_path), "--to", str(tmp_path / "g.npz"), "--work", str(tmp_path / "work")])
    assert "no finished run that had a teacher" in capsys.readouterr().err
    assert not (tmp_path / "work").exists()
