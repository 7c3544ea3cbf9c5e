"""Recipes: layers, limits, and errors that name the key and what is allowed."""

from pathlib import Path

import pytest

from trainer.errors import RecipeError
from trainer.recipe import Recipe
from trainer.recipe_files import PRESETS, dump_recipe, load_recipe, parse_recipe, read_sections, read_yaml


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_load_and_say_their_name(preset: str) -> None:
    assert load_recipe(preset).preset == preset


def test_standard_is_the_default() -> None:
    assert load_recipe() == Recipe()


def test_presets_grow() -> None:
    work = [(r.samples.positives, sum(r.training.steps)) for r in map(load_recipe, PRESETS)]
    assert work == sorted(work)
    assert len(set(work)) == 3


def test_layers_preset_file_setting_flag(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("training: {batch: 32, warm_up: 7, patience: 3}\nsamples: {positives: 50}\n")
    settings = ["training.warm_up=8", "training.patience=4"]
    recipe = load_recipe("quick", file, settings, {"training": {"patience": 5}})
    assert recipe.samples.near_misses == load_recipe("quick").samples.near_misses
    assert recipe.samples.positives == 50
    assert (recipe.training.batch, recipe.training.warm_up, recipe.training.patience) == (32, 8, 5)


def test_settings_are_yaml() -> None:
    recipe = load_recipe(
        settings=["phrase.text=hey=you", "training.steps=[20, 10]", "model.stride=null", "data.noise=[a b]"]
    )
    assert recipe.phrase.text == "hey=you"
    assert recipe.training.steps == (20, 10)
    assert recipe.model.stride is None
    assert recipe.data.noise == (Path("a b"),)


@pytest.mark.parametrize("preset", PRESETS)
def test_dump_is_read_back(preset: str, tmp_path: Path) -> None:
    settings = ["phrase.text='привет, Ёж'", "phrase.say=['həˈloʊ']", "data.positives=[recordings/我]", "seed=9"]
    recipe = load_recipe(preset, settings=settings)
    file = tmp_path / "recipe.yaml"
    file.write_text(dump_recipe(recipe), encoding="utf-8")
    assert load_recipe(preset, file) == recipe
    assert parse_recipe(read_yaml(file)) == recipe


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("training.bach=3", ["training.bach", "batch"]),
        ("colour=3", ["colour", "training"]),
        ("training.batch=3", ["training.batch", "8", "3"]),
        ("training.batch=many", ["training.batch", "many"]),
        ("training.dropout=.nan", ["training.dropout"]),
        ("training.steps=[5]", ["training.steps.0", "10"]),
        ("training.loss=hinge", ["training.loss", "dense", "hinge"]),
        ("training.shares={cats: 1}", ["training.shares", "cats"]),
        ("samples.tempo=[1]", ["samples.tempo"]),
        ("samples.engines=[siri]", ["samples.engines", "piper", "siri"]),
        ("preset=huge", ["preset", "huge"]),
        ("seed=-1", ["seed", "-1"]),
        ("training=3", ["training"]),
        ("evaluation.conditions=[foo]", ["evaluation.conditions", "noise_10db", "foo"]),
        ("evaluation.windows=[]", ["evaluation.windows", "at least 1"]),
        ("training.steps=[]", ["training.steps", "at least 1"]),
        ("training.rates=[]", ["training.rates", "at least 1"]),
        ("samples.engines=[]", ["samples.engines", "at least 1"]),
        ("samples.tempo=[2, 1]", ["samples.tempo", "low, high", "[2, 1]"]),
        ("samples.tempo=[0, 1]", ["samples.tempo", "above 0"]),
        ("samples.tract=[1.1, 0.9]", ["samples.tract", "low, high"]),
        ("augmentation.speed_range=[-1, 1]", ["augmentation.speed_range", "above 0"]),
        ("augmentation.snr_db=[20, 0]", ["augmentation.snr_db", "low, high"]),
        ("augmentation.gain_db=[-3, -35]", ["augmentation.gain_db", "low, high"]),
        ("augmentation.gain_db=[-3, 6]", ["augmentation.gain_db", "at most 0"]),
        ("augmentation.room_mix=[0, 2]", ["augmentation.room_mix", "0..1"]),
        ("training.shares={positive: 0}", ["training.shares", "positive"]),
        ("training.shares={positive: 1}", ["training.shares", "one other kind"]),
        ("training.class_weights=[0, 0]", ["training.class_weights", "above 0"]),
        ("model.kernels=[]", ["model.kernels", "at least 1"]),
        ("model.filters=[]", ["model.filters", "at least 1"]),
    ],
)
def test_errors_name_key_and_what_is_allowed(setting: str, said: list[str]) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(settings=[setting])
    for word in said:
        assert word in caught.value.message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("setting", ["training.batch", "=3", " =3", "", "a.b=[1"])
def test_settings_without_key_or_value_are_refused(setting: str) -> None:
    with pytest.raises(RecipeError, match="--set"):
        load_recipe(settings=[setting])


@pytest.mark.parametrize(
    "setting", ["training.batch=many", "samples.tempo=[1]", "samples.tempo=x", "training=3", "training.steps=[5]"]
)
def test_messages_are_in_our_words_and_told_once(setting: str) -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(settings=[setting])
    assert "Input should" not in caught.value.message
    assert "Field required" not in caught.value.message
    assert len(caught.value.message.splitlines()) == 1
    assert caught.value.hint == "docs/recipe.md lists every key."


def test_an_older_recipe_is_read_by_sections(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("seed: 4\nmodel: {stride: 2}\ntraining: {a_key_that_is_gone: 3}\n")
    found = read_sections(file, "model", "seed")
    assert (found.seed, found.model.stride) == (4, 2)
    with pytest.raises(RecipeError, match="a_key_that_is_gone") as caught:
        read_sections(file, "training")
    assert str(file) in caught.value.hint
    with pytest.raises(RecipeError, match="a_key_that_is_gone") as caught:
        load_recipe(file=file)
    assert str(file) in caught.value.hint


def test_every_wrong_key_is_named_at_once() -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe(settings=["training.batch=1", "samples.mixtures=2"])
    assert "training.batch" in caught.value.message
    assert "samples.mixtures" in caught.value.message


def test_unknown_preset() -> None:
    with pytest.raises(RecipeError, match="quick, standard, thorough"):
        load_recipe("enormous")


def test_environment_is_substituted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "env.yaml"
    file.write_text("seed: ${WS_SEED:-4}\nexport: {author: '${WS_AUTHOR:-}'}\ndata: {noise: ['${WS_NOISE}']}\n")
    monkeypatch.delenv("WS_SEED", raising=False)
    monkeypatch.setenv("WS_NOISE", "/noise")
    recipe = load_recipe(file=file)
    assert (recipe.seed, recipe.export.author, recipe.data.noise) == (4, "", (Path("/noise"),))
    monkeypatch.setenv("WS_SEED", "6")
    assert load_recipe(file=file).seed == 6
    monkeypatch.delenv("WS_NOISE")
    with pytest.raises(RecipeError, match="WS_NOISE"):
        load_recipe(file=file)


@pytest.mark.parametrize(
    ("content", "said"), [(b"- a\n- b\n", "list"), (b"a: [", "not YAML"), (b"\xff\xfe\x00", "UTF-8")]
)
def test_files_that_are_no_recipe(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    with pytest.raises(RecipeError, match=said):
        load_recipe(file=file)


def test_missing_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(file=tmp_path / "none.yaml")
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert load_recipe(file=tmp_path / "empty.yaml") == Recipe()


def test_recipes_are_frozen() -> None:
    with pytest.raises(AttributeError):
        load_recipe().seed = 2  # type: ignore[misc]
