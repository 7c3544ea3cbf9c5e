"""The trainer, as small as it can be: preset "quick" trains for real in a minute, others train nothing at all.

What "quick" makes hears the one voice that it was trained by. Its figures are of too few clips for the gate, so the
report gets those of a good model, and its manifest such a model's cutoff: above 0.7, as external.py tells why. The
others put a published model of the same phrase into the result; "thorough" first says twenty times a second how far
it is, until there is a file `enough` in its folder. With $SCRIPTED_VERDICT comparisons end like that.
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
    "samples.engines=[piper]", "samples.positives=120", "samples.near_misses=20", "samples.near_miss_clips=30",
    "samples.speech_minutes=1.5", "augmentation.copies=4", "augmentation.near_miss_copies=2",
    "training.steps=[400, 150]", "training.teacher_steps=150", "training.evaluate_every=50",
    "evaluation.conditions=[clean]",
)  # fmt: skip
CUTOFF = 0.9
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
            model = next((out / "result").glob("*.tflite"))
            put_cutoff(model.with_suffix(".json"))
            put_figures(out / "result", model)
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
    """Put a published model where a trained one would be."""
    result.mkdir(exist_ok=True)
    place = result / f"{word}_v1.tflite"
    shutil.copy(MODELS / f"{word}.tflite", place)
    manifest = json.loads((MODELS / f"{word}.json").read_text())
    manifest |= {"wake_word": word.replace("_", " "), "model": place.name}
    place.with_suffix(".json").write_text(json.dumps(manifest))
    put_figures(result, place)


def put_cutoff(path: Path) -> None:
    """Give a manifest the cutoff of a good model."""
    manifest = json.loads(path.read_text())
    manifest["micro"]["probability_cutoff"] = CUTOFF
    path.write_text(json.dumps(manifest))


def put_figures(result: Path, model: Path) -> None:
    """Give a model the report of a good one."""
    path = result / "report.json"
    trained = json.loads(path.read_text()) if path.exists() else {}
    cutoff = int(json.loads(model.with_suffix(".json").read_text())["micro"]["probability_cutoff"] * 255)
    about = {"name": model.name, "cutoff": cutoff}
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
