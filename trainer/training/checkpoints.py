"""What a killed training goes on from: the whole state, the best weights so far, the history."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.core.folders import write_whole
from trainer.model.weights import Weights, load_weights, save_weights
from trainer.training.sampler import Crop

BEST = "weights.npz"
_BEGINNING = "beginning_"


@dataclass(frozen=True)
class Checkpoint:
    """A moment of training.

    Attributes:
        step: steps taken, over all phases.
        best_step, best_score: of the best validation so far; a score of -1 before the first.
        phase: index of the phase.
        phase_began: the step at which it began.
        mined: hard negatives in use.
        state: the optimiser's arrays.
        beginning: which of the beginnings it goes on from.
    """

    step: int
    best_step: int
    best_score: float
    phase: int
    phase_began: int
    mined: tuple[Crop, ...]
    state: dict[str, NDArray[np.float32]]
    beginning: int = 0


class Checkpoints:
    """The checkpoint files of one training folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.best = folder / BEST
        self._place = folder / "checkpoint.json"
        self._history = folder / "history.jsonl"

    def of_beginning(self, number: int) -> "Checkpoints":
        """Return the files of one of several beginnings, in a folder of their own."""
        folder = self.folder / f"{_BEGINNING}{number}"
        folder.mkdir(exist_ok=True)
        return Checkpoints(folder)

    def adopt(self, other: "Checkpoints", place: Checkpoint) -> None:
        """Go on from a beginning: take its best weights and its history, and the place last."""
        shutil.copyfile(other.best, self.best)
        write_whole(self._history, "".join(json.dumps(row) + "\n" for row in other.history()))
        self.save(place)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write the state first and its place last: the place names the state that it belongs to."""
        name = f"state-{checkpoint.step}.npz"
        save_weights(self.folder / name, checkpoint.state)
        place = {key: value for key, value in vars(checkpoint).items() if key not in ("state", "mined")}
        mined = [[crop.set, crop.row, crop.start] for crop in checkpoint.mined]
        write_whole(self._place, json.dumps(place | {"file": name, "mined": mined}))
        for old in self.folder.glob("state-*.npz"):
            if old.name != name:
                old.unlink()

    def load(self) -> Checkpoint | None:
        """Return the last checkpoint, or None; later rows of the history, of work that is lost, are cut off."""
        if not self._place.exists():
            return None
        place = json.loads(self._place.read_text())
        mined = tuple(Crop(*crop) for crop in place.pop("mined"))
        state = load_weights(self.folder / place.pop("file"))
        rows = [row for row in self.history() if row["step"] <= place["step"]]
        write_whole(self._history, "".join(json.dumps(row) + "\n" for row in rows))
        return Checkpoint(**place, mined=mined, state=state)

    def save_best(self, weights: Weights) -> None:
        """Replace the best weights."""
        save_weights(self.best, weights)

    def record(self, row: dict[str, float]) -> None:
        """Append a row to the history."""
        with self._history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def history(self) -> list[dict[str, float]]:
        """Return the history's rows."""
        if not self._history.exists():
            return []
        return [json.loads(line) for line in self._history.read_text(encoding="utf-8").splitlines()]

    def finish(self) -> None:
        """Remove what only an unfinished training needs."""
        for path in (self._place, *self.folder.glob("state-*.npz")):
            path.unlink(missing_ok=True)
        for beginning in self.folder.glob(f"{_BEGINNING}*"):
            shutil.rmtree(beginning)
