"""The whole way from a phrase to a verified model: the one place that knows the order of the stages.

    phrase -> samples -> features -> training -> model -> evaluation

Every stage reads folders of earlier ones and writes its own, whole or not at all. A stage whose inputs have not
changed is skipped; one that was cut off is done again, training from its last checkpoint.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.core.arrays import choose
from trainer.core.fingerprint import fingerprint
from trainer.core.folders import is_whole, whole_folder, write_whole
from trainer.core.workers import process_pool, stop_workers
from trainer.data.listing import fingerprint_folders, list_recordings
from trainer.data.packs import add_packs, find_pack, list_packs, packs_folder
from trainer.evaluation.stage import EVALUATION_VERSION, evaluate_model
from trainer.events import Finished, Report, Stage, StageState, Started, Warning
from trainer.export.arena import find_arena
from trainer.export.stage import EXPORT_VERSION, export_model
from trainer.export.verify import Reference, verify_model
from trainer.features.augment import AUGMENT_VERSION
from trainer.features.embedding import ear_of
from trainer.features.frontend import FRONT_END_VERSION
from trainer.features.packs import write_pack_set
from trainer.features.stage import make_features
from trainer.model.groundwork import load_groundwork
from trainer.model.shape import shape_of
from trainer.model.weights import load_weights
from trainer.phrase.espeak import find_voice
from trainer.phrase.language import normalise_text
from trainer.phrase.plan import PLAN_VERSION, PhrasePlan, plan_phrase, read_plan, write_plan
from trainer.recipe import Recipe
from trainer.recipe_files import dump_recipe
from trainer.samples.stage import SAMPLES_VERSION, make_samples
from trainer.samples.voices import installed_voices
from trainer.speakers.crowds import find_crowds
from trainer.training.stage import train_model, training_key

_TOLD = 3  # pronunciations in a message
STAGES = ("phrase", "samples", "features", "training", "model", "evaluation")


@dataclass(frozen=True)
class Step:
    """One stage of a run: its name, what shaped it, what it does."""

    name: str
    key: str
    make: Callable[[Path], None]


def run(recipe: Recipe, out: Path, report: Report) -> Path:
    """Make a model and return its folder, `out/result`.

    Args:
        recipe: every choice.
        out: the run's folder; what an earlier run left there is used where it still fits.
        report: takes the run's events, from `started` to `finished`.

    Raises:
        WakesmithError: what happened and what to do; finished stages are kept.
    """
    check_choices(recipe)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "recipe.yaml", dump_recipe(recipe))
    report(Started(recipe.phrase.text, str(out), STAGES))
    return Run(recipe, out, report).finish()


def check_choices(recipe: Recipe) -> None:
    """Refuse at once what would otherwise be found after long work: nothing is written before.

    Raises:
        ResourceError: a GPU is asked for and missing.
        PhraseError, RecipeError: there is nothing to say, the language is unknown, or no device takes the network.
        ModelError: the groundwork is no network of these dimensions.
        DataError: a folder is missing or holds no recordings, or a pack is unknown.
        VoiceError: a voice is named that is not installed, or none is left.
    """
    choose(recipe.device)
    normalise_text(recipe.phrase.text, recipe.phrase.language)
    if recipe.phrase.language != "auto":
        find_voice(recipe.phrase.language)
    shape = shape_of(recipe.model)
    if recipe.training.groundwork:
        load_groundwork(recipe.training.groundwork, shape)
    list_recordings(recipe.data)
    for name in recipe.data.packs:
        find_pack(name, list_packs())
    installed_voices(recipe.samples)


class Run:
    """One run in its folder."""

    def __init__(self, recipe: Recipe, out: Path, report: Report) -> None:
        data, self.packs = add_packs(recipe.data, packs_folder(), report)
        self.recipe = replace(recipe, data=data)
        self.out, self.report = out, report

    def finish(self) -> Path:
        """Do or skip every stage, then gather the model's folder."""
        plan = self._plan()
        key = fingerprint("phrase", plan)
        for step in self._steps(plan, key):
            self._do(step)
        result = self._gather(plan)
        self.report(Finished(str(result), (self.out / "evaluation" / "summary.txt").read_text(encoding="utf-8")))
        return result

    def _plan(self) -> PhrasePlan:
        recipe = self.recipe
        key = fingerprint("phrase", PLAN_VERSION, recipe.phrase, recipe.samples.near_misses, recipe.seed)
        file = self.out / "phrase" / "plan.json"

        def make(folder: Path) -> None:
            write_plan(folder / "plan.json", plan_phrase(recipe.phrase, recipe.samples.near_misses, recipe.seed))

        self._do(Step("phrase", key, make))
        plan = read_plan(file)
        self.report(_spoken_as(plan, detected=recipe.phrase.language == "auto"))
        for advice in plan.advice:
            if advice.level != "good":
                self.report(Warning(advice.code, advice.message, advice.hint, advice.values))
        return plan

    def _steps(self, plan: PhrasePlan, key: str) -> list[Step]:
        recipe, out, report = self.recipe, self.out, self.report
        data = recipe.data
        folders = (*data.positives, *data.negatives, *data.noise, *data.music, *data.rooms)
        voices = [voice.name for voice in installed_voices(recipe.samples)]
        heard = fingerprint(data, fingerprint_folders(folders))
        samples = fingerprint(key, SAMPLES_VERSION, recipe.samples, voices, heard, recipe.seed)
        taught = ear_of(recipe.training) is not None
        features = fingerprint(samples, FRONT_END_VERSION, AUGMENT_VERSION, recipe.augmentation, self.packs, taught)
        training = fingerprint(features, training_key(recipe))
        model = fingerprint(training, EXPORT_VERSION, recipe.export)
        evaluation = fingerprint(model, EVALUATION_VERSION, recipe.evaluation)
        paths = {name: out / name for name in STAGES}
        return [
            Step("samples", samples, lambda to: self._samples(plan, to)),
            Step("features", features, self._features),
            Step("training", training, lambda to: train_model(recipe, paths["features"], to, report)),
            Step("model", model, lambda to: export_model(recipe, paths["training"], paths["features"], to)),
            Step("evaluation", evaluation, lambda to: self._evaluate(plan, to)),
        ]

    def _samples(self, plan: PhrasePlan, to: Path) -> None:
        with self._workers() as executor:
            make_samples(self.recipe, plan, to, executor, self.report, find_crowds)

    def _features(self, to: Path) -> None:
        if self.recipe.training.teacher != "none" and ear_of(self.recipe.training) is None:
            message = "the speech embedding is not installed: the model learns from the labels alone, and hears less"
            self.report(Warning("no_embedding", message, "Run `script/setup --voices`."))
        write_pack_set(self.packs, to)
        with self._workers() as executor:
            make_features(self.recipe, self.out / "samples", to, executor, self.report)

    def _evaluate(self, plan: PhrasePlan, to: Path) -> None:
        arena = find_arena((self.out / "model" / "model.tflite").read_bytes())
        with self._workers() as executor:
            evaluate_model(
                self.recipe,
                plan,
                self.out,
                to,
                executor,
                self.report,
                arena.manifest,
                not arena.measured,
                self.packs,
            )

    @contextmanager
    def _workers(self) -> Iterator[Executor]:
        """Lend a stage its workers: they give back voices and mapped files when it ends."""
        with process_pool(self.recipe.workers or None) as executor:
            try:
                yield executor
            except BaseException:
                executor.shutdown(wait=False, cancel_futures=True)
                stop_workers()
                raise

    def _do(self, step: Step) -> None:
        folder = self.out / step.name
        if is_whole(folder, step.key):
            self.report(Stage(step.name, StageState.SKIPPED))
            return
        began = time.monotonic()
        self.report(Stage(step.name, StageState.RUNNING))
        with whole_folder(folder, step.key) as partial:
            step.make(partial)
        self.report(Stage(step.name, StageState.DONE, round(time.monotonic() - began, 2)))

    def _gather(self, plan: PhrasePlan) -> Path:
        """Put the model's folder together and let it through the gate: complete or absent."""
        model_id = f"{plan.id}_v{self.recipe.export.version}"
        evaluation, training = self.out / "evaluation", self.out / "training"
        result = self.out / "result"
        with whole_folder(result, fingerprint(model_id, str(time.time_ns()))) as partial:
            shutil.copy(self.out / "model" / "model.tflite", partial / f"{model_id}.tflite")
            for source in (
                evaluation / f"{model_id}.json",
                evaluation / "report.json",
                evaluation / "report.html",
                evaluation / "card.md",
                self.out / "recipe.yaml",
                training / "history.jsonl",
                training / "weights.npz",
            ):
                shutil.copy(source, partial / source.name)
            shape = shape_of(self.recipe.model)
            reference = Reference(load_weights(partial / "weights.npz", shape), shape)
            verify_model(partial / f"{model_id}.tflite", reference=reference).require()
        return result


def _spoken_as(plan: PhrasePlan, detected: bool) -> Warning:
    """Say which language was taken and how the phrase is said: a wrong guess is cheap to mend now and dear later."""
    first, rest = plan.pronunciations[:_TOLD], plan.pronunciations[_TOLD:]
    ways = ", ".join(f"/{way.ipa}/" for way in first) + f" and in {len(rest)} more ways" * bool(rest)
    language = f"{find_voice(plan.espeak_voice).name} ({plan.language})"
    how = "its language was not given and was taken for" if detected else "its language is"
    return Warning(
        "spoken_as",
        f"{plan.text!r} is spoken as {ways}; {how} {language}",
        "Choose another language with --lang, other sounds with --say." if detected else "--say gives other sounds.",
        {"phrase": plan.text, "ways": ", ".join(f"/{way.ipa}/" for way in first), "language": plan.language},
    )
