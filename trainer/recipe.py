"""The recipe: every choice of a training run in one frozen, typed object. `recipe_files` makes one."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from trainer.limits import HEARS, SOME, Condition, Factors, Levels, Portions, Rising, Weights

_STRICT = ConfigDict(extra="forbid", strict=False, allow_inf_nan=False)
Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
ClipShare = Literal["positive", "near_miss", "speech", "noise", "pack", "mined"]
DEFAULT_SHARES: Mapping[ClipShare, float] = {
    "positive": 0.25,
    "near_miss": 0.25,
    "speech": 0.42,
    "noise": 0.08,
    "pack": 0.2,
    "mined": 0.1,
}


@dataclass(frozen=True, config=_STRICT)
class PhraseRecipe:
    """What is said. `language` "auto" detects it; `say` holds IPA pronunciations that replace espeak-ng's."""

    text: str = ""
    language: str = "auto"
    say: tuple[str, ...] = ()


@dataclass(frozen=True, config=_STRICT)
class SampleRecipe:
    """Which voices speak, and how much.

    Attributes:
        engines: voice engines to use where installed, in order.
        voices: voice names to use; empty means all of the engines. `veto` names voices to leave out.
        positives: clips of the phrase, all splits together.
        near_misses: different phrases close to the phrase that are spoken.
        near_miss_clips: clips of them.
        speech_minutes: other speech by the voices, minutes.
        mixtures: share of Kokoro clips spoken by a mixture of two styles (a new speaker each).
        tempo: range of the speaking rate, 1 is the voice's own.
        tract: range of the factor on pitch and formants together (N17): below 1 a larger speaker, above a smaller.
        pauses: share of the clips of a phrase of several words that pause between them.
        children: share of the clips by women's voices that are raised to a child's, factors of 1.15 to 1.4.
        validation, test: share of the voices kept for each.
    """

    engines: Annotated[tuple[Literal["piper", "kokoro"], ...], SOME] = ("piper", "kokoro")
    voices: tuple[str, ...] = ()
    veto: tuple[str, ...] = ()
    positives: Annotated[int, Field(ge=20, le=100_000)] = 700
    near_misses: Count = 400
    near_miss_clips: Count = 900
    speech_minutes: Annotated[float, Field(ge=0, le=6000)] = 12.0
    mixtures: Probability = 0.5
    tempo: Factors = (0.8, 1.3)
    tract: Factors = (0.88, 1.15)
    pauses: Probability = 0.25
    children: Probability = 0.0
    validation: Annotated[float, Field(ge=0.05, le=0.4)] = 0.15
    test: Annotated[float, Field(ge=0, le=0.4)] = 0.1


@dataclass(frozen=True, config=_STRICT)
class DataRecipe:
    """Recordings of the user's own: folders, searched whole. `licence` is written into the provenance."""

    positives: tuple[Path, ...] = ()
    negatives: tuple[Path, ...] = ()
    noise: tuple[Path, ...] = ()
    music: tuple[Path, ...] = ()
    rooms: tuple[Path, ...] = ()
    packs: tuple[str, ...] = ()
    licence: str = "the user's own"


@dataclass(frozen=True, config=_STRICT)
class AugmentationRecipe:
    """How clips become what a microphone in a room hears. Probabilities are a clip's.

    Attributes:
        copies: augmented copies of each positive. `near_miss_copies`, `speech_copies` likewise.
        recorded_weight: copies of a person's recording of the phrase beside those of a voice's clip (D12: 3 to 2).
        seconds: length of a training clip.
        run_on: other speech directly before or after the phrase (N8).
        alone: pieces of other speech that stand alone, as the phrase does, for each copy of the phrase.
        rooms: a room impulse response; `room_mix` is the wet share (A3).
        noise: noise, music or babble behind; `snr_db` its range, `gain_db` that of the peak level.
        equaliser, clipping, speed: seven-band colour, hard or tanh distortion, resampling by `speed_range`.
    """

    copies: Annotated[int, Field(ge=1, le=200)] = 10
    near_miss_copies: Annotated[int, Field(ge=1, le=200)] = 4
    speech_copies: Annotated[int, Field(ge=1, le=50)] = 2
    recorded_weight: Annotated[float, Field(ge=0.5, le=10)] = 1.5
    seconds: Annotated[float, Field(ge=2.0, le=10.0)] = 3.0
    run_on: Probability = 0.3
    alone: Annotated[float, Field(ge=0, le=5)] = 0.25
    rooms: Probability = 0.6
    room_mix: Portions = (0.3, 1.0)
    noise: Probability = 0.85
    snr_db: Rising = (-5.0, 15.0)
    gain_db: Levels = (-60.0, -3.0)
    equaliser: Probability = 0.4
    clipping: Probability = 0.1
    speed: Probability = 0.5
    speed_range: Factors = (0.9, 1.1)


@dataclass(frozen=True, config=_STRICT)
class ModelRecipe:
    """The MixedNet's dimensions. `size` names a preset; the others, where given, replace its values.

    Attributes:
        size: small, default or large: presets within the limits of an ESP32-S3.
        stride: feature slices of 10 ms a step takes; ESPHome reads it from the model.
        first_filters, first_kernel: the convolution that sees the 40 features.
        kernels: depthwise kernel sizes, one group of channels for each, for every block.
        filters: pointwise filters, for every block.
        residual: a residual connection, for every block.
        final_steps: last steps that the classifier sees.
        pooling: how they are joined.
    """

    size: Literal["small", "default", "large"] = "default"
    stride: Annotated[int, Field(ge=1, le=3)] | None = None
    first_filters: Annotated[int, Field(ge=4, le=128)] | None = None
    first_kernel: Annotated[int, Field(ge=1, le=11)] | None = None
    kernels: Annotated[tuple[tuple[int, ...], ...], SOME] | None = None
    filters: Annotated[tuple[int, ...], SOME] | None = None
    residual: Annotated[tuple[bool, ...], SOME] | None = None
    final_steps: Annotated[int, Field(ge=1, le=40)] | None = None
    pooling: Literal["flatten", "mean", "max"] | None = None


@dataclass(frozen=True, config=_STRICT)
class TrainingRecipe:
    """How weights are found.

    Attributes:
        steps: optimiser steps of each phase; between phases hard negatives are mined (T18).
        rates: peak learning rate of each phase.
        batch: clips a step.
        shares: share of a batch by kind of clip; the sampler's ratios (T8). Kinds without clips are left out.
        loss: `dense` (every window of a clip) or `clip` (one window a clip, for comparison).
        positive_windows: windows after the word's end that must detect; the best of them count.
        end_slices: how many 10 ms slices after the word's end those windows may lie in.
        hardest: weight of each negative clip's worst window beside the mean of all.
        class_weights: of positives and negatives; `smoothing` of labels (T2, T12).
        dropout, weight_decay, clip_norm, warm_up, ema: T5, T11, T10, T11, T7.
        time_masks, time_mask, frequency_masks, frequency_mask: SpecAugment: how many, at most how wide (A5).
        time_warp, frequency_warp: spread of the local speed, and of the factor on the mel channels, in every clip.
        mixup: share of clips mixed with negatives (A6).
        teacher: a network on a speech embedding, trained first on the same clips, that the model learns from beside
            the labels, where the embedding is installed (T14); `none` is without.
        teacher_steps: its optimiser steps.
        labels, hints: weights of the labels, and of the teacher's last layer, beside the teacher's answers.
        groundwork: weights of a network of these dimensions that can tell an embedding of speech already, to begin
            with; None begins with random ones.
        pretraining: steps in which it learns to tell that embedding of the run's own rows, if it has a teacher.
        beginnings: random beginnings that are tried for `trial_steps`, without groundwork; the best one goes on.
        evaluate_every: steps between validations; `patience` validations without gain end a phase (T16).
        mine: negatives mined between phases at most, from those above `mine_above`.
        target_false_accepts: an hour, that checkpoints are selected for (T3).
    """

    steps: Annotated[tuple[Annotated[int, Field(ge=10, le=500_000)], ...], SOME] = (1500, 500)
    rates: Annotated[tuple[Annotated[float, Field(gt=0, le=0.1)], ...], SOME] = (1e-3, 3e-4)
    batch: Annotated[int, Field(ge=8, le=2048)] = 64
    shares: Annotated[Mapping[ClipShare, Annotated[float, Field(ge=0)]], HEARS] = field(
        default_factory=lambda: dict(DEFAULT_SHARES)
    )
    loss: Literal["dense", "clip"] = "dense"
    positive_windows: Annotated[int, Field(ge=1, le=40)] = 5
    end_slices: Annotated[int, Field(ge=3, le=100)] = 24
    hardest: Annotated[float, Field(ge=0, le=20)] = 3.0
    class_weights: Weights = (1.0, 2.0)
    smoothing: Annotated[float, Field(ge=0, le=0.3)] = 0.02
    dropout: Annotated[float, Field(ge=0, le=0.7)] = 0.0
    weight_decay: Annotated[float, Field(ge=0, le=0.1)] = 0.01
    clip_norm: Annotated[float, Field(gt=0)] = 1.0
    warm_up: Count = 200
    ema: Annotated[float, Field(ge=0, lt=1)] = 0.998
    time_masks: Count = 2
    time_mask: Count = 20
    frequency_masks: Count = 2
    frequency_mask: Count = 5
    time_warp: Annotated[float, Field(ge=0, le=0.5)] = 0.2
    frequency_warp: Annotated[float, Field(ge=0, le=0.2)] = 0.05
    mixup: Probability = 0.3
    teacher: Literal["embedding", "none"] = "embedding"
    teacher_steps: Annotated[int, Field(ge=10, le=100_000)] = 3000
    labels: Annotated[float, Field(gt=0, le=10)] = 0.3
    hints: Annotated[float, Field(ge=0, le=10)] = 1.0
    groundwork: Path | None = None
    pretraining: Annotated[int, Field(ge=0, le=500_000)] = 3000
    beginnings: Annotated[int, Field(ge=1, le=20)] = 3
    trial_steps: Annotated[int, Field(ge=10, le=100_000)] = 1000
    evaluate_every: Annotated[int, Field(ge=5)] = 500
    patience: Annotated[int, Field(ge=1)] = 12
    mine: Count = 2000
    mine_above: Probability = 0.3
    target_false_accepts: Annotated[float, Field(gt=0, le=100)] = 0.5

    @property
    def trial(self) -> int:
        """Steps for which every beginning is tried: none where there is but one, never more than a phase."""
        return min(self.trial_steps, self.steps[0]) if self.beginnings > 1 else 0

    @property
    def all_steps(self) -> int:
        """Steps of a training at most, those of the beginnings that do not go on among them."""
        return sum(self.steps) + self.trial * (self.beginnings - 1)


@dataclass(frozen=True, config=_STRICT)
class EvaluationRecipe:
    """How the finished model is measured.

    Attributes:
        false_accepts_per_hour: target that the cutoff is chosen for, held by the upper bound of its interval where
            the audio is long enough to say so; where it is not, by the rate that was counted.
        windows: sliding window sizes tried.
        conditions: by name, what test clips are played through: all of them clean, at most 120 otherwise.
        calibration_hours: least hours of negative audio that the cutoff is chosen on, where so much is at hand.
    """

    false_accepts_per_hour: Annotated[float, Field(gt=0, le=100)] = 0.5
    windows: Annotated[tuple[Annotated[int, Field(ge=1, le=50)], ...], SOME] = (3, 4, 5, 6)
    conditions: tuple[Condition, ...] = (
        "clean",
        "noise_10db",
        "noise_5db",
        "noise_0db",
        "level_-20db",
        "level_-30db",
        "rooms",
        "far",
        "babble_5db",
        "fan_5db",
        "telephone",
        "clipped_20db",
        "speed_85pc",
        "speed_120pc",
        "pitch_-3st",
        "pitch_3st",
    )
    calibration_hours: Annotated[float, Field(ge=0)] = 1.0


@dataclass(frozen=True, config=_STRICT)
class ExportRecipe:
    """What stands in the manifest."""

    author: str = "Wakesmith"
    website: str = ""
    version: Annotated[int, Field(ge=1)] = 1
    representative_steps: Annotated[int, Field(ge=50)] = 1000


@dataclass(frozen=True, config=_STRICT)
class Recipe:
    """Every choice of a run. Sections are named by the stage that reads them."""

    preset: Literal["quick", "standard", "thorough"] = "standard"
    seed: Count = 1
    device: Literal["auto", "cpu", "gpu"] = "auto"
    workers: Annotated[int, Field(ge=0, le=1024)] = 0
    phrase: PhraseRecipe = PhraseRecipe()
    samples: SampleRecipe = SampleRecipe()
    data: DataRecipe = DataRecipe()
    augmentation: AugmentationRecipe = AugmentationRecipe()
    model: ModelRecipe = ModelRecipe()
    training: TrainingRecipe = TrainingRecipe()
    evaluation: EvaluationRecipe = EvaluationRecipe()
    export: ExportRecipe = ExportRecipe()
