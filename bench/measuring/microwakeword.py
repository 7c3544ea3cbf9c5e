"""microWakeWord's own training loop, from a checkout that the user names, on our feature sets.

Its `train()`, its model and its feature handler run unchanged; its settings are those of its notebook. Replaced are
what is not at hand or not part of the loop: the store that rows are read from (ours, mapped likewise), the import of
its audio tools, and its validation, which would stop the clock (ours measures its weights by the same rule as ours).
"""

import importlib
import os
import re
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.measuring.ours import advance_for
from trainer.core.ragged import RaggedStore, write_ragged
from trainer.core.seeds import generator
from trainer.model.dense import forward_numpy
from trainer.model.shape import FEATURES, MixedNetShape
from trainer.model.weights import FEATURE_SCALE, NORM_EPSILON, Weights

# As in its basic_training_notebook: sampling weights of the phrase, speech, other speech and no speech; the weight
# of negatives; the learning rate; clips end about 0.2 s after the word, ten of them shifted by a slice each.
SAMPLING = {"positive": 2.0, "speech": 10.0, "near_miss": 10.0, "noise": 5.0}
NEGATIVE_WEIGHT, RATE = 20, 1e-3
TAIL_SLICES, SHIFTS = 20, 10
NEVER = 10**9
GAP, COMPARED = 1e-4, 8  # between its probabilities and those of the converted weights, on so many clips


class Enough(Exception):
    """Ends its loop."""


@dataclass(frozen=True)
class MakePeer:
    """Makes the contender in its process."""

    checkout: Path
    features: Path
    shape: MixedNetShape
    slices: int
    batch: int
    seed: int
    target: float

    def __call__(self) -> "MicroWakeWord":
        return MicroWakeWord(self)


class MicroWakeWord:
    """Its loop in a thread that waits at every step until it may go on."""

    def __init__(self, make: MakePeer) -> None:
        train, mixednet, data = _import(make.checkout)
        import tensorflow as tf

        tf.keras.utils.set_random_seed(make.seed)
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        self.make, self.shape = make, seen_whole(make.shape, make.slices)
        self.model = mixednet.model(flags(make.shape), (make.slices, FEATURES), make.batch)
        config = _config(make, folder)
        self._handler = data.FeatureHandler(config)
        self._may, self._did = threading.Semaphore(0), threading.Semaphore(0)
        self._begun = self._stop = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(train.train, config), daemon=True)
        self._thread.start()
        self._validator: Any = None

    def advance(self, steps: int) -> int:
        """Let its loop take steps; return how many."""
        for _ in range(steps):
            self._may.release()
            self._did.acquire()
            if self._error:
                raise self._error
        return steps

    def advance_for(self, seconds: float) -> int:
        """Take steps for a time; return how many."""
        return advance_for(self, seconds)

    def measure(self) -> dict[str, float]:
        """Return our validator's figures of its weights."""
        from trainer.training.sampler import open_set
        from trainer.training.scorer import Scorer
        from trainer.training.validation import Validator

        if self._validator is None:
            sets = [
                open_set(self.make.features / f"validation_{name}", name)
                for name in ("positive", "near_miss", "ambient")
            ]
            self._validator = Validator(Scorer(self.shape), sets[0], sets[1], sets[2], self.make.target)
        weights = convert(self.model, self.shape)
        gap = self.gap(weights)
        if gap > GAP:
            raise RuntimeError(f"the converted weights differ by {gap:.4f} from its model")
        figures: dict[str, float] = self._validator.measure(weights).values()
        return figures

    def gap(self, weights: Weights) -> float:
        """Return the largest difference between its probabilities and ours with its weights, on validation clips."""
        size = (self.make.batch, self.make.slices, FEATURES)
        rows = [row[: self.make.slices] for row in self._validator.positives.store if len(row) >= self.make.slices]
        clips = np.resize(np.stack(rows[:COMPARED]), size).astype(np.float32) * FEATURE_SCALE
        theirs = np.asarray(self.model(clips, training=False))[:COMPARED, 0]
        ours = [forward_numpy(weights, self.shape, clip)[0] for clip in clips[:COMPARED]]
        return float(np.abs(theirs - ours).max())

    def close(self) -> None:
        """End its loop."""
        self._stop = True
        self._may.release()
        self._thread.join(10)
        self._folder.cleanup()

    def get_data(self, mode: str, **choices: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Stand where its loop asks for a batch: say that a step is done, wait, pass its handler's answer on."""
        if self._begun:
            self._did.release()
        self._begun = True
        self._may.acquire()
        if self._stop:
            raise Enough
        batch: tuple[NDArray[Any], NDArray[Any], NDArray[Any]] = self._handler.get_data(mode, **choices)
        return batch

    def _run(self, train: Any, config: dict[str, Any]) -> None:
        proxy = types.SimpleNamespace(
            get_data=lambda mode, **choices: self.get_data(mode, **choices), get_mode_size=self._handler.get_mode_size
        )
        try:
            train(self.model, config, proxy)
        except Enough:
            pass
        except BaseException as error:  # for the caller, who waits
            self._error = error
            self._did.release()


def seen_whole(shape: MixedNetShape, slices: int) -> MixedNetShape:
    """Return the shape that its model has for clips of a length: the classifier sees all steps of the clip."""
    steps = (slices - shape.first_kernel) // shape.stride + 1 - sum(shape.block_context)
    return replace(shape, final_steps=steps)


def flags(shape: MixedNetShape) -> types.SimpleNamespace:
    """Return its command line's choices for one of our shapes."""
    return types.SimpleNamespace(
        pointwise_filters=_words(shape.filters),
        repeat_in_block=_words([1] * len(shape.filters)),
        mixconv_kernel_sizes=_words([list(sizes) for sizes in shape.kernels]),
        residual_connection=_words([int(residual) for residual in shape.residual]),
        first_conv_filters=shape.first_filters,
        first_conv_kernel_size=shape.first_kernel,
        stride=shape.stride,
        spatial_attention=0,
        pooled=int(shape.pooling != "flatten"),
        max_pool=int(shape.pooling == "max"),
    )


def convert(model: Any, shape: MixedNetShape) -> Weights:
    """Return its Keras model's weights as ours: no norm in the first layer, depthwise biases within the next norm."""
    layers = {kind: iter(_named(model, kind)) for kind in ("Stream", "DepthwiseConv2D", "Conv2D", "Dense")}
    norms = iter(_named(model, "BatchNormalization"))
    first = next(layer for layer in layers["Stream"] if layer.get_weights()).get_weights()[0]
    weights: Weights = {"first/kernel": first[:, 0]}
    one, zero = np.ones(shape.first_filters), np.zeros(shape.first_filters)
    weights |= _norm("first/norm", one, zero, zero, one - NORM_EPSILON)
    for i, kernels in enumerate(shape.kernels):
        if shape.residual[i]:
            weights[f"block{i}/residual"] = next(layers["Conv2D"]).get_weights()[0][0, 0]
            weights |= _norm(f"block{i}/residual_norm", *next(norms).get_weights())
        biases = []
        for g in range(len(kernels)):
            kernel, bias = next(layers["DepthwiseConv2D"]).get_weights()
            weights[f"block{i}/depthwise{g}"] = kernel[:, 0, :, 0]
            biases.append(bias)
        pointwise = next(layers["Conv2D"]).get_weights()[0][0, 0]
        weights[f"block{i}/pointwise"] = pointwise
        gamma, beta, mean, variance = next(norms).get_weights()
        weights |= _norm(f"block{i}/norm", gamma, beta, mean - np.concatenate(biases) @ pointwise, variance)
    kernel, bias = next(layers["Dense"]).get_weights()
    return weights | {"dense/kernel": kernel[:, 0], "dense/bias": bias}


def _norm(name: str, gamma: Any, beta: Any, mean: Any, variance: Any) -> Weights:
    parts = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    return {f"{name}/{part}": np.asarray(v, np.float32) for part, v in parts.items()}


def _named(model: Any, kind: str) -> list[Any]:
    """Return a model's layers of a kind in the order in which they were made, which their names number."""
    found = [layer for layer in model.layers if type(layer).__name__ == kind]
    return sorted(found, key=lambda layer: int((re.findall(r"_(\d+)$", layer.name) or ["0"])[0]))


def _words(values: Any) -> str:
    return ",".join(map(str, values)) + ","


def _config(make: MakePeer, folder: Path) -> dict[str, Any]:
    sets = []
    for name, weight in SAMPLING.items():
        source = make.features / f"train_{name}"
        if not len(RaggedStore[np.uint16](source)):
            continue
        place = folder / name / "training"
        place.mkdir(parents=True)
        if name == "positive":
            write_ragged(place / "rows_mmap", _cut_positives(source, make), np.uint16, (FEATURES,))
        else:
            (place / "rows_mmap").symlink_to(source.resolve())
        strategy = "truncate_start" if name == "positive" else "random"
        sets.append(
            {
                "features_dir": str(folder / name),
                "sampling_weight": weight,
                "penalty_weight": 1.0,
                "truth": name == "positive",
                "truncation_strategy": strategy,
                "type": "mmap",
            }
        )
    return {
        "features": sets,
        "stride": make.shape.stride,
        "window_step_ms": 10,
        "train_dir": str(folder / "train"),
        "summaries_dir": str(folder / "logs") + os.sep,
        "training_steps": [NEVER],
        "learning_rates": [RATE],
        "positive_class_weight": [1],
        "negative_class_weight": [NEGATIVE_WEIGHT],
        **{key: [0] for key in ("time_mask_max_size", "time_mask_count", "freq_mask_max_size", "freq_mask_count")},
        "batch_size": make.batch,
        "spectrogram_length": make.slices,
        "eval_step_interval": NEVER,
    }


def _cut_positives(source: Path, make: MakePeer) -> Iterator[NDArray[np.uint16]]:
    """Yield the rows up to a moment after the word, as its clips end."""
    rng = generator(make.seed, "cut")
    for row, end in zip(RaggedStore[np.uint16](source), np.load(source / "ends.npy"), strict=True):
        yield row[: max(int(end) + TAIL_SLICES + int(rng.integers(SHIFTS)), make.slices)]


class _Rows:
    """Stands for its memory-mapped rows."""

    def __init__(self, folder: str) -> None:
        self._store: RaggedStore[np.uint16] = RaggedStore(Path(folder))

    def __len__(self) -> int:
        return len(self._store)

    def __getitem__(self, index: int) -> NDArray[np.uint16]:
        return self._store[index]


def _import(checkout: Path) -> tuple[Any, Any, Any]:
    """Import its loop, model and feature handler; what only its audio needs is replaced by empty stand-ins."""
    if not (checkout / "microwakeword" / "mixednet.py").is_file():
        raise FileNotFoundError(
            f"{checkout} is not a checkout of microWakeWord: there is no microwakeword/mixednet.py"
        )
    audio = "microwakeword.audio"
    for name, names in (
        ("mmap_ninja", ()),
        ("mmap_ninja.ragged", ("RaggedMmap",)),
        (f"{audio}.clips", ("Clips",)),
        (f"{audio}.augmentation", ("Augmentation",)),
        (f"{audio}.spectrograms", ("SpectrogramGeneration",)),
    ):
        module = types.ModuleType(name)
        for attribute in names:
            setattr(module, attribute, _Rows)
        sys.modules[name] = module
    sys.path.insert(0, str(checkout.resolve()))
    train, mixednet, data = (
        importlib.import_module(f"microwakeword.{name}") for name in ("train", "mixednet", "data")
    )
    return train, mixednet, data
