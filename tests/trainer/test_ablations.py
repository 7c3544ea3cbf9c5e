"""What a run leaves out: by flag, in its recipe, in its report."""

import argparse
from pathlib import Path

import pytest

from trainer.ablations import ABLATIONS, leave_out, left_out
from trainer.cli import main
from trainer.cli.choices import choose_recipe
from trainer.cli.command import build_parser
from trainer.evaluation.provenance import gather_provenance
from trainer.phrase.plan import plan_phrase
from trainer.recipe import Recipe
from trainer.recipe_files import dump_recipe, load_recipe

PRESETS = ("quick", "standard", "thorough")


def parse(*words: str) -> argparse.Namespace:
    return build_parser().parse_args(["train", "hey jarvis", *words])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_all_that_can_be_left_out(preset: str) -> None:
    assert left_out(load_recipe(preset)) == []


@pytest.mark.parametrize("name", [ablation.name for ablation in ABLATIONS])
def test_a_flag_leaves_out_its_part_alone(name: str, tmp_path: Path) -> None:
    recipe = choose_recipe(parse(f"--no-{name}"), tmp_path)
    assert left_out(recipe) == [name]
    assert recipe == load_recipe("standard", settings=("phrase.text=hey jarvis", *leave_out([name])))


def test_flags_stand_in_the_runs_recipe_and_hold_when_it_goes_on(tmp_path: Path) -> None:
    recipe = choose_recipe(parse("--no-rooms", "--no-specaugment", "--set", "augmentation.rooms=0.4"), tmp_path)
    assert (recipe.augmentation.rooms, recipe.training.time_masks, recipe.training.frequency_masks) == (0, 0, 0)
    (tmp_path / "recipe.yaml").write_text(dump_recipe(recipe))
    assert left_out(choose_recipe(parse("--resume"), tmp_path)) == ["rooms", "specaugment"]


def test_flags_of_recordings_are_not_mistaken_for_them() -> None:
    args = parse("--rooms", "halls", "--no-noise")
    assert (args.rooms, args.noise, args.left_out) == ([Path("halls")], None, ["noise"])
    assert parse().left_out == [], "flags of one command do not stay for the next"


def test_the_report_says_what_was_left_out() -> None:
    recipe = load_recipe("quick", settings=("phrase.text=hey jarvis", "phrase.language=en", *leave_out(["mixup"])))

    def facts(one: Recipe) -> dict[str, object]:
        return gather_provenance(one, plan_phrase(one.phrase, 0, 1), [])

    assert facts(recipe)["left out"] == ["mixup"]
    assert "left out" not in facts(load_recipe("quick", settings=("phrase.text=hey jarvis", "phrase.language=en")))


def test_help_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    told = capsys.readouterr().out
    assert all(f"--no-{ablation.name}" in told for ablation in ABLATIONS)
