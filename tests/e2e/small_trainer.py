"""The trainer, as small as it can be: preset "quick" trains for real in a minute, others train nothing at all.

What so small a training makes hears nobody. In its place the result gets a published model of the same phrase, with
the figures of a good one: what is tested here begins where a training ends. "thorough" says twenty times a second how
far it is, until there is a file `enough` in its folder. With $SCRIPTED_VERDICT comparisons end like that.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pymicro_wakeword

from tests.addon import passing_trainer
from trainer.cli import main
from trainer.events import Event, Finished, Progress, Stage, StageState, Started, encode

MODELS = Path(pymicro_wakeword.__file__).parent / "models"
SMALL = (
    "samples.engines=[piper]", "samples.positives=20", "samples.near_misses=4", "samples.near_miss_clips=6",
    "samples.speech_minutes=0.2", "augmentation.copies=1", "augmentation.near_miss_copies=1", "model.size=small",
    "training.batch=8", "training.steps=[10, 10]", "training.evaluate_every=10", "evaluation.conditions=[clean]",
)  # fmt: skip
FIGURES = {
    "conditions": [{"name": "clean", "recall": {"value": 0.97, "low": 0.9, "high": 0.99, "total": 70}}],
    "false_accepts": {"count": 0, "hours": 2.0, "value": 0.0, "low": 0.0, "high": 1.8, "bound": 1.5},
    "calibration": {
        "sensitivities": [{"name": n, "cutoff": c} for n, c in (("low", 250), ("medium", 247), ("high", 230))]
    },
}


def train(words: list[str]) -> int:
    """Train as `wakesmith train` does."""
    out = Path(words[words.index("--out") + 1])
    choices = json.loads(Path(words[words.index("--config") + 1]).read_text())
    word = choices["phrase"]["text"].replace(" ", "_")
    if choices["preset"] == "quick":
        code = main([*words, *(word for setting in SMALL for word in ("--set", setting))])
        if code == 0:
            put_published(out / "result", word)
        return code
    tell(Started(choices["phrase"]["text"], str(out), ("training",)))
    tell(Stage("training", StageState.RUNNING))
    for step in range(1, 4000 if choices["preset"] == "thorough" else 2):
        tell(Progress(step, 4000, "steps", 20.0, (4000 - step) / 20))
        if (out / "enough").exists():
            break
        time.sleep(0.05)
    put_published(out / "result", word)
    tell(Stage("training", StageState.DONE, 0.1))
    tell(Finished(str(out / "result"), "hears you"))
    return 0


def put_published(result: Path, word: str) -> None:
    """Put a published model in the place of what was trained."""
    result.mkdir(exist_ok=True)
    (result / "weights.npz").unlink(missing_ok=True)  # what the gate would hold the model against
    place = next(result.glob("*.tflite"), result / f"{word}_v1.tflite")
    shutil.copy(MODELS / f"{word}.tflite", place)
    manifest = json.loads((MODELS / f"{word}.json").read_text())
    manifest |= {"wake_word": word.replace("_", " "), "model": place.name}
    place.with_suffix(".json").write_text(json.dumps(manifest))
    trained = json.loads(path.read_text()) if (path := result / "report.json").exists() else {}
    about = {"name": place.name, "cutoff": int(manifest["micro"]["probability_cutoff"] * 255)}
    path.write_text(json.dumps({**trained, **FIGURES, "model": {**trained.get("model", {}), **about}}))


def tell(event: Event) -> None:
    sys.stdout.write(encode(event) + "\n")
    sys.stdout.flush()


def answer(words: list[str]) -> int:
    """Do what is asked for."""
    if words[0] == "train":
        return train(words)
    return passing_trainer.main(words) if words[0] == "compare" and "SCRIPTED_VERDICT" in os.environ else main(words)


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1:]))
