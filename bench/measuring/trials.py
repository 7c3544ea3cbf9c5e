"""One trial: a recipe trained on a phrase with a seed, and what its model makes of real people. Kept by recipe."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer import __version__
from trainer.core.clips import Rejection
from trainer.core.fingerprint import fingerprint
from trainer.core.folders import write_whole
from trainer.core.workers import map_in_order, process_pool
from trainer.evaluation.evaluate import CLIPS, chunks, list_recordings, open_model
from trainer.evaluation.scoring import ClipTask, Rule, StreamTask, score_clips, score_stream
from trainer.events import discard
from trainer.features.frontend import FRONT_END_VERSION
from trainer.pipeline import run
from trainer.recipe import Recipe
from trainer.training.stage import TRAINING_VERSION

SCORING_VERSION = 1  # raise it when the same model gets other scores
STREAM = 100  # recordings that are heard one after another


@dataclass(frozen=True)
class Sounds:
    """What a model is measured on.

    Attributes:
        phrase: folder of recordings of the phrase.
        words: folders of recordings of other words, each of them a chance to wake.
        ambient: folders of long sound, of which every two seconds are one.
    """

    phrase: Path
    words: tuple[Path, ...]
    ambient: tuple[Path, ...]


@dataclass(frozen=True)
class Scores:
    """What a model made of the recordings: highest sliding means, 0..255.

    Attributes:
        phrase: by condition and recording, the mean over stride phases.
        others: of every other word and every two seconds of ambient sound, the highest first, float64 [n].
    """

    phrase: Mapping[str, Mapping[str, float]]
    others: NDArray[np.float64]

    def found(self, condition: str, accepts: int) -> dict[str, bool]:
        """Say for each recording whether it is found at the lowest threshold that lets so many others pass."""
        threshold = self.others[accepts] if accepts < len(self.others) else 0.0
        return {name: peak > threshold for name, peak in self.phrase[condition].items()}


def try_recipe(recipe: Recipe, place: Path, sounds: Sounds, conditions: Sequence[str]) -> Scores:
    """Train a recipe in a folder, unless its scores are known, and score the model.

    Recipes of the same phrase and seed share the folder: the pipeline does again only what a recipe changes.
    """
    key = fingerprint(
        "trial", __version__, SCORING_VERSION, FRONT_END_VERSION, TRAINING_VERSION, recipe, sounds, tuple(conditions)
    )
    file = place / "scores" / f"{key}.json"
    if not file.is_file():
        result = run(recipe, place / "run", discard)
        (model,) = result.glob("*.tflite")
        write_whole(file, json.dumps(_score(model, sounds, conditions)))
    known = json.loads(file.read_text())
    return Scores(known["phrase"], np.array(known["others"], np.float64))


def _score(model: Path, sounds: Sounds, conditions: Sequence[str]) -> dict[str, object]:
    twin, facts = open_model(model, None)
    rule = Rule(facts.cutoff, facts.window)
    phrase: dict[str, dict[str, float]] = {condition: {} for condition in conditions}
    others: list[float] = []
    with process_pool(None) as pool:
        clips = list_recordings([sounds.phrase])
        tasks = [ClipTask(twin, rule, part, tuple(conditions), 1) for part in chunks(clips, CLIPS)]
        for scores in map_in_order(pool, score_clips, tasks, discard, "clips"):
            for score in scores:
                if not isinstance(score, Rejection):
                    phrase[score.condition][score.recording.name] = round(score.peak, 4)
        words = [ClipTask(twin, rule, part, ("clean",), 1) for part in chunks(list_recordings(sounds.words), CLIPS)]
        for scores in map_in_order(pool, score_clips, words, discard, "words"):
            others += [score.peak for score in scores if not isinstance(score, Rejection)]
        streams = [StreamTask(twin, rule, part, 1) for part in chunks(list_recordings(sounds.ambient), STREAM)]
        for stream in map_in_order(pool, score_stream, streams, discard, "streams"):
            others += stream.peaks.tolist()
    return {"phrase": phrase, "others": sorted((round(peak, 4) for peak in others), reverse=True)}
