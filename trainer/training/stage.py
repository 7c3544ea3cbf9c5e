"""Feature sets to weights: phases of dense training, hard negatives mined between them, the best checkpoint kept.

Where the feature sets hold speech embeddings, a teacher is trained on them first, and the model learns from it, too;
and the weights that it begins with are not random, but those of a network that can tell an embedding of speech.
Where they are random, how good a model becomes hangs on them more than on most choices, and shows early: several
beginnings can be tried for some steps, and the one that validates best goes on.
"""

import shutil
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from trainer.core.arrays import Device
from trainer.core.fingerprint import fingerprint, hash_file
from trainer.core.folders import is_whole, whole_folder
from trainer.core.seeds import generator, seed_of
from trainer.core.workers import ProgressClock
from trainer.events import Event, Metric, Report, Warning
from trainer.model.groundwork import load_groundwork
from trainer.model.shape import MixedNetShape, shape_of
from trainer.model.weights import Weights, initial_weights, load_weights
from trainer.recipe import Recipe
from trainer.training.batches import Batches
from trainer.training.checkpoints import Checkpoint, Checkpoints
from trainer.training.lessons import Lessons
from trainer.training.mining import mine
from trainer.training.optimiser import Optimiser, rate_at
from trainer.training.pretraining import START, pretrain
from trainer.training.sampler import POSITIVE, Crop, FeatureSet, Sampler, open_set
from trainer.training.scorer import Scorer
from trainer.training.teacher import Heard, open_heard, teach
from trainer.training.validation import Figures, Validator

TRAINING_VERSION = 5  # raise it when the same recipe and features become other weights
NEGATIVE_SETS = ("near_miss", "speech", "noise", "pack")
SLICES_A_SECOND = 100
LESSONS, GROUNDWORK = "lessons", "groundwork"  # folders of a training that is not yet done
NORM_ALARM = 5.0  # times the median of the gradient's norm (T10)
SPIKES = 100  # beyond it before the user is told


def training_key(recipe: Recipe) -> str:
    """Return what makes weights others than those of the same features: choices, the groundwork's bytes, the seed."""
    groundwork = recipe.training.groundwork
    begun = hash_file(groundwork) if groundwork else ""
    return fingerprint(TRAINING_VERSION, recipe.model, recipe.training, begun, recipe.seed)


def train_model(recipe: Recipe, features: Path, folder: Path, report: Report) -> None:
    """Train on the feature sets and write `weights.npz` and `history.jsonl` to the folder.

    A folder that holds a checkpoint of the same inputs is gone on with.
    """
    lessons, groundwork = folder / LESSONS, folder / GROUNDWORK
    training = recipe.training
    sets = {name: open_set(features / f"train_{name}", name) for name in (POSITIVE, *NEGATIVE_SETS)}
    heard = open_heard(sets) if training.teacher != "none" else {}
    start = load_groundwork(training.groundwork, shape_of(recipe.model)) if training.groundwork else None
    if start or (heard and training.pretraining):
        training = replace(training, beginnings=1)  # what it begins with is no chance, which several would even out
    recipe = replace(recipe, training=training)
    taught = (training.teacher_steps + training.pretraining) if heard else 0
    clock = ProgressClock(training.all_steps + taught, "steps", report)
    set_up_tensorflow(recipe.seed, recipe.device)
    if heard:
        _take_lessons(recipe, heard, lessons, clock)
        _lay_groundwork(recipe, sets, heard, groundwork, clock, start)
    if (groundwork / START).is_file():
        start = load_weights(groundwork / START)
    Trainer(recipe, features, folder, report, Lessons(lessons), start).run(clock)
    for done in (lessons, groundwork):
        shutil.rmtree(done, ignore_errors=True)


def _take_lessons(recipe: Recipe, heard: Mapping[str, Heard], folder: Path, clock: ProgressClock) -> None:
    """Have a teacher say what it makes of every row, unless that was done before a kill."""
    key = str(recipe.seed)
    if is_whole(folder, key):
        clock.advance(recipe.training.teacher_steps)
        return
    with whole_folder(folder, key) as partial:
        teach(heard, recipe.training, recipe.seed, partial, clock)


def _lay_groundwork(
    recipe: Recipe,
    sets: Mapping[str, FeatureSet],
    heard: Mapping[str, Heard],
    folder: Path,
    clock: ProgressClock,
    start: Weights | None,
) -> None:
    """Find weights to begin with, unless that was done before a kill; go on from others, where there are some."""
    training, key = recipe.training, str(recipe.seed)
    if not training.pretraining or is_whole(folder, key):
        clock.advance(training.pretraining)
        return
    with whole_folder(folder, key) as partial:
        shape, slices = shape_of(recipe.model), slices_of(recipe)
        pretrain(sets, heard, shape, training, slices, recipe.seed, partial, clock, start)


def slices_of(recipe: Recipe) -> int:
    """Return the length of a training clip in feature slices."""
    return round(recipe.augmentation.seconds * SLICES_A_SECOND)


class Trainer:
    """One network's training: its data, its weights, its place.

    Args:
        lessons: of a teacher, where there is one.
        start: weights that it begins with, all but the classifier's; None are random ones.
    """

    def __init__(
        self,
        recipe: Recipe,
        features: Path,
        folder: Path,
        report: Report,
        lessons: Lessons | None = None,
        start: Weights | None = None,
    ) -> None:
        set_up_tensorflow(recipe.seed, recipe.device)
        self.start, self.taught = start, bool(lessons)
        training = recipe.training
        self.recipe, self.report = training, report
        self.seed = recipe.seed
        self.shape: MixedNetShape = shape_of(recipe.model)
        self.slices = slices_of(recipe)
        sets = [open_set(features / f"train_{name}", name) for name in (POSITIVE, *NEGATIVE_SETS)]
        self.negatives = sets[1:]
        shares = {str(name): share for name, share in training.shares.items()}
        self.sampler = Sampler(sets, shares, training.batch, self.slices, recipe.seed, training.mixup)
        self.batches = Batches(self.sampler, self.shape, training, lessons or Lessons(None))
        self.optimiser = Optimiser(self._initial(0), self.shape, training, self.taught)
        self.scorer = Scorer(self.shape)
        positives, near_misses, ambient = (
            open_set(features / f"validation_{name}", name) for name in (POSITIVE, "near_miss", "ambient")
        )
        self.validator = Validator(self.scorer, positives, near_misses, ambient, training.target_false_accepts)
        self.files = Checkpoints(folder)
        self.norms: deque[float] = deque(maxlen=200)
        self.spikes = 0

    def run(self, clock: ProgressClock) -> None:
        """Train all phases; the clock counts the steps."""
        place = self.files.load()
        if place:
            ahead = sum(self.recipe.steps[place.phase :]) - (place.step - place.phase_began)
            clock.advance(self.recipe.all_steps - ahead)
        else:
            place = self._begin(clock)
        self._go_on_from(place)
        while place.phase < len(self.recipe.steps):
            place = self._phase(place, clock)
            if place.phase < len(self.recipe.steps):
                place = replace(place, mined=self._mine(place.phase), state=self.optimiser.state())
                self.sampler.mined = place.mined
            self.files.save(place)
        self.files.finish()

    def _begin(self, clock: ProgressClock) -> Checkpoint:
        """Try all beginnings; return the place of the one that validates best, of equals the first."""
        trial, own, report = self.recipe.trial, self.files, self.report
        if not trial:
            return self._first(0)
        places: list[Checkpoint] = []
        self.report = _without_metrics(report)  # those of the chosen one are told when it is known
        for number in range(self.recipe.beginnings):
            self.files = own.of_beginning(number)
            place = self.files.load() or self._first(number)
            clock.advance(place.step)
            self._go_on_from(place)
            places.append(self._train(place, trial, clock))
        chosen = max(places, key=lambda place: place.best_score)
        self.files, self.report = own, report
        self.files.adopt(own.of_beginning(chosen.beginning), chosen)
        for row in self.files.history():
            report(Metric(int(row["step"]), {name: value for name, value in row.items() if name != "step"}))
        return chosen

    def _first(self, beginning: int) -> Checkpoint:
        """Return the place before the first step of a beginning."""
        state = Optimiser(self._initial(beginning), self.shape, self.recipe, self.taught).state()
        return Checkpoint(0, 0, -1.0, 0, 0, (), state, beginning)

    def _initial(self, beginning: int) -> Weights:
        names = () if beginning == 0 else ("beginning", beginning)
        weights = initial_weights(self.shape, generator(self.seed, "weights", *names))
        learnt = {name: value for name, value in (self.start or {}).items() if not name.startswith("dense/")}
        return weights | learnt

    def _go_on_from(self, place: Checkpoint) -> None:
        """Take the state of a place, and draw the batches of its beginning."""
        self.optimiser.restore(place.state)
        self.sampler.mined = place.mined
        first = place.beginning == 0
        self.sampler.seed = self.seed if first else seed_of(self.seed, "beginning", place.beginning)

    def _phase(self, place: Checkpoint, clock: ProgressClock) -> Checkpoint:
        """Train one phase from where it stands; return the place at which the next begins."""
        stop = place.phase_began + self.recipe.steps[place.phase]
        place = self._train(place, stop, clock)
        clock.advance(stop - place.step)  # of which its patience had enough
        return replace(place, phase=place.phase + 1, phase_began=place.step)

    def _train(self, place: Checkpoint, stop: int, clock: ProgressClock) -> Checkpoint:
        """Train within a phase up to a step, or until its patience has an end; return the place."""
        steps, peak = self.recipe.steps[place.phase], _at(self.recipe.rates, place.phase)
        patience = self.recipe.patience * self.recipe.evaluate_every
        since = max(place.best_step, place.phase_began)
        if place.step - since >= patience:  # its end had come when it was killed
            return place
        losses: list[float] = []
        for step, (features, windows, lesson) in self.batches.between(place.step, stop):
            rate = rate_at(step - place.phase_began, steps, peak, self.recipe.warm_up)
            loss, norm = self.optimiser.step(features, windows, rate, lesson)
            losses.append(loss)
            self._watch(norm, step)
            clock.advance()
            done = step + 1
            if done % self.recipe.evaluate_every and done < stop:
                continue
            figures = self._validate(done, float(np.mean(losses)), rate)
            losses.clear()
            if figures.score >= place.best_score:  # of equals the later, which is surer of itself
                place = replace(place, best_step=done, best_score=figures.score)
                since = done
                self.files.save_best(self.optimiser.averaged())
            place = replace(place, step=done, state=self.optimiser.state())
            self.files.save(place)
            if done - since >= patience:
                break
        return place

    def _validate(self, step: int, loss: float, rate: float) -> Figures:
        figures = self.validator.measure(self.optimiser.averaged())
        values = {"loss": round(loss, 6), "rate": rate, **figures.values()}
        self.files.record({"step": step, **values})
        self.report(Metric(step, values))
        return figures

    def _mine(self, phase: int) -> tuple[Crop, ...]:
        return mine(
            self.scorer,
            self.optimiser.averaged(),
            self.negatives,
            self.slices,
            self.recipe.mine_above,
            self.recipe.mine,
            self.seed + phase,
        )

    def _watch(self, norm: float, step: int) -> None:
        """Warn when the gradient is often far beyond its usual size (T10); one hard batch is no alarm."""
        usual = float(np.median(self.norms)) if len(self.norms) == self.norms.maxlen else norm
        self.norms.append(norm)
        self.spikes += norm > NORM_ALARM * usual
        if self.spikes > SPIKES:
            self.spikes = 0
            self.report(Warning("gradient", f"the gradient's norm is {norm:.1f} at step {step}; usually {usual:.2f}"))


def set_up_tensorflow(seed: int, device: Device) -> None:
    """Fix TensorFlow's randomness and the order of its sums: same seed, same weights. `cpu` hides GPUs from it."""
    import tensorflow as tf

    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    tf.keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _without_metrics(report: Report) -> Report:
    def tell(event: Event) -> None:
        if not isinstance(event, Metric):
            report(event)

    return tell


def _at(values: tuple[float, ...], index: int) -> float:
    return values[min(index, len(values) - 1)]
