"""A tuning on features that exist: what it tries, what it leaves alone, killed and gone on with."""

import csv
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from feature_sets import write_feature_sets

from trainer.cli import main
from trainer.core.fingerprint import hash_file
from trainer.errors import DataError, RecipeError, ResourceError
from trainer.events import Event, Finished, Metric, Progress, Report, Stage, StageState, Started, discard, encode
from trainer.model.shape import shape_of
from trainer.recipe import Recipe
from trainer.recipe_files import dump_recipe, load_recipe
from trainer.training.rate_finder import find_rate, read_curve
from trainer.training.stage import Trainer
from trainer.tuning.comparing import Comparison
from trainer.tuning.search import Bounds, find_best
from trainer.tuning.space import lay_over, list_choices, value_of
from trainer.tuning.study import Attempt, GivenUp, Study, load_optuna
from trainer.tuning.trials import Result, read_history
from trainer.tuning.tuning import Plan, plan_tuning, tune

pytest.importorskip("optuna", reason="needs Optuna: script/setup --tune")
SMALL = (
    "phrase.text=hey jarvis",
    "model.size=small",
    "training.batch=16",
    "training.steps=[20, 10]",
    "training.evaluate_every=10",
    "training.warm_up=5",
    "training.ema=0.9",
)
ONLY = ("training.rates", "training.dropout")


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose features are finished."""
    run = tmp_path_factory.mktemp("out") / "hey_jarvis"
    write_feature_sets(run / "features")
    (run / "features" / "fingerprint").write_text("features")
    (run / "recipe.yaml").write_text(dump_recipe(load_recipe("quick", settings=SMALL)))
    stages = [Stage("training", StageState.DONE, seconds) for seconds in (4.0, 90.0, 2.0)]
    (run / "events.jsonl").write_text("".join(encode(stage) + "\n" for stage in stages) + '{"v": 1, "ki')
    return run


def train_quickly(recipe: Recipe, _features: Path, folder: Path, report: Report) -> None:
    """Stand in for the training: the score follows from the rate, and from the seed a little. It goes on, too."""
    history = folder / "history.jsonl"
    for step in (10, 20, 30):
        if len(read_history(folder)) * 10 >= step:
            continue
        score = round(0.5 + 0.01 * step - 50 * abs(recipe.training.rates[0] - 2e-3) + recipe.seed % 7 / 1000, 6)
        values = {"score": score, "recall": score, "near_misses": 0.0}
        with history.open("a") as file:
            file.write(json.dumps({"step": step} | values) + "\n")
        report(Progress(step, 30, "steps"))
        report(Metric(step, values))


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trainer.tuning.trials.train_model", train_quickly)
        yield


def files_of(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hash_file(p) for p in sorted(folder.rglob("*")) if p.is_file()}


def plan_of(run: Path, folder: Path, **bounds: float) -> Plan:
    return plan_tuning(run, folder, Bounds(**{"recall": 1.0, "seeds": 2} | bounds), 0.3, False, ONLY)  # type: ignore[arg-type]


def tuned(plan: Plan, resume: bool = False) -> list[Event]:
    events: list[Event] = []
    tune(plan, resume, events.append)
    return events


@pytest.fixture(scope="module")
def whole(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event], dict[str, str]]:
    before = files_of(finished_run)
    folder = tmp_path_factory.mktemp("whole")
    return folder, tuned(plan_of(finished_run, folder, trials=4)), before


def rows_of(folder: Path) -> list[dict[str, str]]:
    """The table of trials without what the clock says."""
    with (folder / "trials.csv").open() as file:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


def test_it_tries_the_recipe_as_it_is_and_then_others(
    finished_run: Path, whole: tuple[Path, list[Event], dict[str, str]]
) -> None:
    folder, events, before = whole
    rows = rows_of(folder)
    own = load_recipe(file=finished_run / "recipe.yaml")
    assert [row["trial"] for row in rows] == ["0", "1", "2", "3"]
    assert (float(rows[0]["training.rates"]), float(rows[0]["training.dropout"])) == (own.training.rates[0], 0.0)
    assert len({row["training.rates"] for row in rows}) == 4
    assert all(0 <= float(row["score"]) <= 1 for row in rows)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    assert [event.step for event in events if isinstance(event, Metric)] == [1, 2, 3, 4]
    assert files_of(finished_run) == before, "the run is left as it is"


def test_the_best_recipe_is_one_that_train_takes(
    finished_run: Path, whole: tuple[Path, list[Event], dict[str, str]]
) -> None:
    folder, _, _ = whole
    best = load_recipe(file=folder / "best.yaml")
    rows = rows_of(folder)
    first = max(rows, key=lambda row: float(row["score"]))
    assert best.training.rates[0] == float(first["training.rates"])
    assert best.training.target_false_accepts == 0.3
    assert best.phrase.text == "hey jarvis"
    report = (folder / "report.md").read_text()
    assert "no test clip" in report
    assert ("With fresh seeds" in report) is (first["trial"] != "0")


def test_with_a_file_that_names_it_no_phrase_is_needed(
    whole: tuple[Path, list[Event], dict[str, str]], tmp_path: Path
) -> None:
    from trainer.cli.choices import choose_folder, choose_recipe
    from trainer.cli.command import build_parser

    args = build_parser().parse_args(["train", "--config", str(whole[0] / "best.yaml"), "--out", str(tmp_path)])
    assert choose_recipe(args, choose_folder(args)) == load_recipe(file=whole[0] / "best.yaml")


@pytest.mark.parametrize("stop", [3, 8, 14, 20])
def test_stopped_in_a_trial_or_the_comparison_it_goes_on_to_the_same_table(
    finished_run: Path,
    whole: tuple[Path, list[Event], dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop: int,
) -> None:
    told = itertools.count()

    def stopped(recipe: Recipe, features: Path, folder: Path, report: Report) -> None:
        def listen(event: Event) -> None:
            report(event)
            if isinstance(event, Metric) and next(told) == stop:
                raise KeyboardInterrupt

        train_quickly(recipe, features, folder, listen)

    plan = plan_of(finished_run, tmp_path, trials=4)
    monkeypatch.setattr("trainer.tuning.trials.train_model", stopped)
    with pytest.raises(KeyboardInterrupt):
        tuned(plan)
    assert len(rows_of(tmp_path)) == min(stop // 3, 4)
    assert tuned(plan, resume=True)[-1] == Finished(str(tmp_path), whole_summary(whole))
    assert rows_of(tmp_path) == rows_of(whole[0])
    assert (tmp_path / "best.yaml").read_text() == (whole[0] / "best.yaml").read_text()


def whole_summary(whole: tuple[Path, list[Event], dict[str, str]]) -> str:
    last = whole[1][-1]
    assert isinstance(last, Finished)
    return last.summary


def test_a_folder_with_a_tuning_is_not_written_over(
    finished_run: Path, whole: tuple[Path, list[Event], dict[str, str]], tmp_path: Path
) -> None:
    plan = plan_of(finished_run, whole[0], trials=4)
    with pytest.raises(DataError, match="holds a tuning"):
        tune(plan, False, discard)
    with pytest.raises(DataError, match="no tuning"):
        tune(plan_of(finished_run, tmp_path), True, discard)
    other = plan_tuning(finished_run, whole[0], Bounds(), 0.3, False, ("training.mixup",))
    with pytest.raises(DataError, match="other features, choices"):
        tune(other, True, discard)


def test_a_target_that_is_met_ends_it_at_once(finished_run: Path, tmp_path: Path) -> None:
    events = tuned(plan_of(finished_run, tmp_path, recall=0.0))
    assert len(rows_of(tmp_path)) == 1
    assert isinstance(events[-1], Finished)
    assert "Keep the run's own recipe: it meets the target" in events[-1].summary


def test_a_dry_run_tells_and_writes_nothing(finished_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", str(finished_run), "--dry-run", "--trials", "20"]) == 0
    told = capsys.readouterr().out
    assert "at most 20 trials of 30 steps" in told
    assert "at most 39 min 00 s: the run's own training took 1 min 30 s" in told  # 20 and 2 x 3 of 90 s
    assert "training.dropout" in told
    assert not finished_run.with_name("hey_jarvis.tune").exists()
    assert main(["tune", str(finished_run), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bounds"]["trials"] == 100


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["--only", "training.steps"], 2, "--only"),
        (["--target-recall", "92"], 2, "--target-recall"),
        (["--seeds", "1"], 2, "--seeds"),
        (["--hours", "-1"], 2, "--hours"),
    ],
)
def test_choices_out_of_range_are_refused(
    finished_run: Path, words: list[str], code: int, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", str(finished_run), *words]) == code
    assert named in capsys.readouterr().err


def test_a_folder_without_features_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", str(tmp_path)]) == 4
    assert "no run with finished features" in capsys.readouterr().err


def test_without_optuna_it_says_how_to_install_it(
    finished_run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ResourceError, match="not installed"):
        load_optuna()
    assert main(["tune", str(finished_run)]) == 9
    assert "script/setup --tune" in capsys.readouterr().err
    assert not finished_run.with_name("hey_jarvis.tune").exists()


def test_values_are_laid_over_the_recipe_in_proportion() -> None:
    recipe = load_recipe("standard")
    changed = lay_over(recipe, {"training.rates": 2e-3, "training.class_weights": 3.0, "model.filters": 32})
    assert changed.training.rates == pytest.approx((2e-3, 6e-4))
    assert changed.training.class_weights == (1.0, 3.0)
    assert shape_of(changed.model).filters == (32, 32, 32, 32)
    assert changed.augmentation == recipe.augmentation
    with pytest.raises(RecipeError, match="parameters"):
        lay_over(recipe, {"model.filters": 250})
    same = lay_over(recipe, {choice.key: value_of(recipe, choice.key) for choice in list_choices(recipe)})
    assert same == recipe


def test_ranges_hold_the_recipes_own_value() -> None:
    recipe = load_recipe("standard", settings=("training.dropout=0.6", "training.weight_decay=0"))
    ranges = {choice.key: choice for choice in list_choices(recipe, shape=True)}
    assert ranges["training.dropout"].high == 0.6
    decay = ranges["training.weight_decay"]
    assert (decay.low, decay.log) == (0.0, False)
    assert all(each.low <= value_of(recipe, key) <= each.high for key, each in ranges.items())
    assert "model.filters" in ranges
    assert "model.filters" not in {choice.key for choice in list_choices(recipe)}


def result(score: float, recall: float = 0.5, seconds: float = 10.0) -> Result:
    return Result(score, recall, 0.0, seconds)


def attempts(*scores: float | None) -> list[Attempt]:
    return [
        Attempt(number, {}, "pruned" if score is None else "done", 10.0, None if score is None else result(score))
        for number, score in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("bounds", "tried", "end"),
    [
        (Bounds(), [], None),
        (Bounds(), [0.5, 0.4], None),
        (Bounds(recall=0.5), [0.5], "target"),
        (Bounds(patience=2), [0.5, None, 0.5], "patience"),
        (Bounds(patience=2), [0.5, None, 0.6], None),
        (Bounds(trials=3), [0.5, 0.6, 0.7], "trials"),
        (
            Bounds(hours=80 / 3600, seeds=2),
            [0.5, 0.6, 0.7],
            None,
        ),  # 30 s gone, one trial and four comparisons of 10 s
        (Bounds(hours=79 / 3600, seeds=2), [0.5, 0.6, 0.7], "hours"),
        (Bounds(hours=1.0), [], None),
    ],
)
def test_it_ends(bounds: Bounds, tried: list[float | None], end: str | None) -> None:
    assert bounds.find_end(attempts(*tried), training_s=5.0) == end


def test_of_equal_trials_the_first_is_the_best() -> None:
    best = find_best(attempts(0.5, 0.7, None, 0.7))
    assert best
    assert best.number == 1
    assert find_best([]) is None


@pytest.mark.parametrize(
    ("own", "best", "verdict"),
    [
        ((0.80, 0.81, 0.82), (0.90, 0.91, 0.92), "better"),
        ((0.80, 0.81, 0.82), (0.81, 0.80, 0.83), "undecided"),
        ((0.70, 0.90), (0.75, 0.95), "undecided"),
        ((0.90, 0.91, 0.92), (0.80, 0.81, 0.82), "worse"),
        ((0.5, 0.5), (0.5, 0.5), "undecided"),
    ],
)
def test_a_gain_is_one_only_beyond_the_noise_of_seeds(own: tuple, best: tuple, verdict: str) -> None:
    comparison = Comparison(tuple(map(result, own)), tuple(map(result, best)))
    mean, low, high = comparison.gain
    assert low <= mean <= high
    assert comparison.verdict == verdict


def study_of(file: Path) -> Study:
    recipe = load_recipe("standard")
    choices = list_choices(recipe, only=ONLY)
    return Study(file, choices, {c.key: value_of(recipe, c.key) for c in choices}, seed=1, warm_up=0)


def test_a_trial_that_stays_below_the_median_is_given_up(tmp_path: Path) -> None:
    study = study_of(tmp_path / "journal")
    for score in (0.5, 0.6, 0.7, 0.8, 0.9):
        proposal = study.propose()
        proposal.report(score, 10)
        study.end(proposal, "done", 1.0, result(score))
    good, bad = study.propose(), study.propose()
    good.report(0.75, 10)
    with pytest.raises(GivenUp):
        bad.report(0.65, 10)
    assert set(study.importances()) == set(ONLY)


def test_what_a_killed_study_proposed_is_proposed_again(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    study = study_of(file)
    for score in (0.5, 0.6):
        study.end(study.propose(), "done", 1.0, result(score))
    lost = study.propose().values
    with file.open("a") as journal:
        journal.write('{"op_code":8,"torn')
    again = study_of(file)
    assert [each.result for each in again.attempts()] == [result(0.5), result(0.6)]
    proposal = again.propose()
    assert (proposal.number, proposal.values) == (2, lost)


def test_a_rate_is_proposed_five_steps_below_the_steepest_descent() -> None:
    rates = tuple(1e-6 * 1.1**step for step in range(100))
    losses = tuple(1.0 if step < 60 else max(0.2, 1 - 0.1 * (step - 60)) for step in range(100))
    curve = read_curve(rates, losses)
    assert curve.rate == rates[rates.index(curve.steepest) - 5]
    assert read_curve(rates, tuple(1 + 0.01 * step for step in range(100))).rate is None, "it never fell"
    early = tuple(1 - 0.1 * min(step, 5) for step in range(100))
    assert read_curve(rates, early).rate is None, "1e-6 is out of what is accepted"


@pytest.mark.slow
def test_the_rate_finder_leaves_the_network_as_it_was(finished_run: Path, tmp_path: Path) -> None:
    recipe = load_recipe(file=finished_run / "recipe.yaml")
    trainer = Trainer(recipe, finished_run / "features", tmp_path, discard)
    before = trainer.optimiser.state()
    curve = find_rate(trainer)
    after = trainer.optimiser.state()
    assert all((before[name] == after[name]).all() for name in before)
    assert len(curve.rates) > 50
    assert curve.losses[-1] < curve.losses[0]
    assert curve.rate is not None
    assert 1e-5 <= curve.rate <= 1e-2
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_command_tells_the_rate(finished_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tune", str(finished_run), "--find-rate", "--json"]) == 0
    told = capsys.readouterr().out
    assert json.loads(told[told.index("{") :])["rate"] is not None
    assert not finished_run.with_name("hey_jarvis.tune").exists()
