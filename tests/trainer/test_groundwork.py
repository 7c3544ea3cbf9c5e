"""Groundwork that was laid before: of what it was made, where it fits, and that phrases begin with it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from feature_sets import write_feature_sets

from bench.groundwork import SPEEDS, SPOKEN, gather
from trainer.core.clips import Clip, ClipKind, Split, read_clips, write_manifest
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.workers import ProgressClock
from trainer.errors import ModelError
from trainer.events import discard
from trainer.model.groundwork import describe_groundwork, save_groundwork
from trainer.model.shape import SIZES
from trainer.model.weights import Weights, initial_weights, save_weights
from trainer.pipeline import run
from trainer.recipe_files import load_recipe
from trainer.training.stage import Trainer, train_model

SMALL = SIZES["small"]
OTHER = initial_weights(SIZES["large"], np.random.default_rng(1))
SOURCES = [{"name": "kerstin", "licence": "CC0", "hours": 2.7}]


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
        (
            lambda file: save_weights(file, initial_weights(SIZES["large"], np.random.default_rng(1))),
            "another network",
        ),
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


def test_it_is_made_of_all_but_the_phrase_and_sources_left_out(tmp_path: Path) -> None:
    said = [
        (ClipKind.POSITIVE, "kokoro:af_heart", "Kokoro"),
        (ClipKind.NEAR_MISS, "kokoro:af_heart", "Kokoro"),
        (ClipKind.SPEECH, "unknown:kerstin", "kerstin"),
        (ClipKind.SPEECH, "unknown:other", "bound"),
        (ClipKind.NOISE, "", "esc10"),
    ]
    clips = [
        Clip(kind, Split.TEST, speaker, source, "CC0-1.0", 1.0, text=str(kind), origin=f"{kind} {source}")
        for kind, speaker, source in said
    ]
    tone = (np.sin(np.arange(16_000) / 5) * 9_000).astype(np.int16)
    runs = [tmp_path / "one", tmp_path / "two"]
    for folder in runs:
        write_ragged(folder / "samples" / "audio", [tone] * len(clips), np.int16)
        write_manifest(folder / "samples" / "clips.jsonl", clips)
    gather(runs, ["bound"], 1, tmp_path)
    made = read_clips(tmp_path / "clips.jsonl")
    lengths = RaggedStore[np.int16](tmp_path / "audio").lengths()
    kept = [clip for clip in made if clip.kind is not ClipKind.POSITIVE]
    assert [clip.source for clip in kept] == ["Kokoro"] * SPOKEN + ["kerstin"] * len(SPEEDS) + ["esc10"]
    assert {clip.split for clip in kept} == {Split.TRAIN}
    people = [length for length, clip in zip(lengths, made, strict=True) if clip.source == "kerstin"]
    assert people == pytest.approx([16_000 / speed for speed in SPEEDS], abs=20)
    # A clip of the phrase for either split, so that sets can be planned; it is not learnt from.
    assert [clip.split for clip in made if clip.kind is ClipKind.POSITIVE] == [Split.TRAIN, Split.VALIDATION]
