"""The order of the stages, what is refused before them, and what shapes their keys."""

from pathlib import Path

import pytest

from trainer.core.fingerprint import fingerprint
from trainer.core.folders import whole_folder
from trainer.errors import WakesmithError
from trainer.events import Event, Warning
from trainer.phrase.plan import PLAN_VERSION, plan_phrase, write_plan
from trainer.pipeline import Run, run
from trainer.recipe import Recipe
from trainer.recipe_files import load_recipe
from trainer.training.stage import training_key

pytestmark = pytest.mark.voices


def recipe(*settings: str) -> Recipe:
    return load_recipe("quick", settings=["phrase.text=tokyo tower", "samples.near_misses=0", *settings])


@pytest.mark.parametrize("setting", ["data.noise=[nowhere]", "samples.veto=[nobody]", "phrase.language=xx"])
def test_nothing_is_written_before_the_choices_are_sound(setting: str, tmp_path: Path) -> None:
    events: list[Event] = []
    with pytest.raises(WakesmithError):
        run(recipe(setting), tmp_path / "run", events.append)
    assert events == []
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "stage"),
    [("trainer.training.stage.TRAINING_VERSION", "training"), ("trainer.pipeline.EXPORT_VERSION", "model")],
)
def test_versions_shape_the_keys(name: str, stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = recipe()
    plan = plan_phrase(chosen.phrase, 0, 1)

    def keys() -> dict[str, str]:
        return {step.name: step.key for step in Run(chosen, tmp_path, lambda _: None)._steps(plan, "key")}

    before = keys()
    monkeypatch.setattr(name, 99)
    after = keys()
    names = list(before)
    changed = [n for n in names if before[n] != after[n]]
    assert changed == names[names.index(stage) :]


def test_other_groundwork_is_another_training(tmp_path: Path) -> None:
    file = tmp_path / "groundwork.npz"
    chosen = recipe(f"training.groundwork={file}")
    keys = []
    for content in ("one", "two", "one"):
        file.write_text(content)
        keys.append(training_key(chosen))
    assert keys[0] == keys[2] != keys[1]


def heard(settings: list[str], folder: Path) -> dict[str, Warning]:
    events: list[Event] = []
    Run(recipe(*settings), folder, events.append)._plan()
    return {event.code: event for event in events if isinstance(event, Warning)}


def test_the_language_the_sounds_and_all_advice_are_told(tmp_path: Path) -> None:
    told = heard(["phrase.text=東京"], tmp_path / "a")
    assert "Chinese" in told["spoken_as"].message
    assert "--lang" in told["spoken_as"].hint
    assert "/t" in told["spoken_as"].message
    assert "two_syllables" in told
    assert "was taken for" not in heard(["phrase.language=en"], tmp_path / "b")["spoken_as"].message
    assert "spelled_out" in heard(["phrase.text=hey hsbc"], tmp_path / "c")


def test_a_plan_of_another_version_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = recipe()
    key = fingerprint("phrase", PLAN_VERSION - 1, chosen.phrase, 0, chosen.seed)
    with whole_folder(tmp_path / "phrase", key) as folder:
        write_plan(folder / "plan.json", plan_phrase(load_recipe(settings=["phrase.text=old"]).phrase, 0, 1))
    assert Run(chosen, tmp_path, lambda _: None)._plan().text == "tokyo tower"
