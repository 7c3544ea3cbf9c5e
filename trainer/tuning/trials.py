"""One trial: a recipe trained on features that exist, and what its best checkpoint did on validation."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from trainer.core.fingerprint import fingerprint
from trainer.core.folders import is_whole, whole_folder
from trainer.errors import DataError
from trainer.events import Report
from trainer.recipe import Recipe
from trainer.training.stage import train_model, training_key


@dataclass(frozen=True)
class Result:
    """What a trained recipe did on the validation sets, at its best checkpoint.

    Attributes:
        score: what checkpoints and trials are compared by, 0..1: see `trainer.training.validation`.
        recall: share of positives found at the target of false accepts; `near_misses`: share accepted there.
        seconds: how long the training took; less where a killed one was gone on with.
    """

    score: float
    recall: float
    near_misses: float
    seconds: float


@dataclass(frozen=True)
class Bench:
    """Where trials are trained: on these features, each in a folder of its own below `folder`."""

    features: Path
    folder: Path

    def place_of(self, recipe: Recipe) -> tuple[Path, str]:
        """Return the folder of a recipe's trial, and its fingerprint: the same recipe and seed are trained once."""
        made = (self.features / "fingerprint").read_text()
        key = fingerprint("trial", made, training_key(recipe))
        return self.folder / key[:16], key

    def train(self, recipe: Recipe, report: Report) -> Result:
        """Train, unless that was done before; one that was killed goes on from its last checkpoint.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        place, key = self.place_of(recipe)
        if not is_whole(place, key):
            began = time.monotonic()
            with whole_folder(place, key) as partial:
                train_model(recipe, self.features, partial, report)
                (partial / "seconds").write_text(f"{time.monotonic() - began:.1f}")
        rows = read_history(place)
        best = max(rows, key=lambda row: (row["score"], row["step"]))  # of equals the later, as the trainer keeps it
        seconds = float((place / "seconds").read_text())
        return Result(best["score"], best["recall"], best["near_misses"], seconds)


def read_history(folder: Path) -> list[dict[str, float]]:
    """Return the validations of a trial so far."""
    file = folder / "history.jsonl"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def find_features(run: Path) -> Path:
    """Return the features of a run.

    Raises:
        DataError: it has none, or they are not whole.
    """
    features = run / "features"
    if not (features / "fingerprint").is_file() or not (run / "recipe.yaml").is_file():
        raise DataError(
            f"{run} holds no run with finished features",
            hint='Make them: wakesmith train "hey jarvis" --out ' + str(run),
            code="no_features",
        )
    return features
