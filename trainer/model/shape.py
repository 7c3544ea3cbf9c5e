"""The dimensions of a MixedNet and what follows from them: sizes, receptive field, cost."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from trainer.errors import RecipeError
from trainer.recipe import ModelRecipe

T = TypeVar("T")

FEATURES = 40  # mel channels of the device's front end (ESPHome preprocessor_settings.h)
SLICE_S = 0.01  # seconds a feature slice
STATE_LIMIT = 20  # resource variables a model may hold (ESPHome streaming_model.cpp)
PARAMETER_LIMIT = 200_000  # int8 weights beyond this leave an ESP32-S3 without PSRAM little room (X5)


@dataclass(frozen=True)
class MixedNetShape:
    """The dimensions of a network.

    A step reads `stride` new slices. The first convolution sees the newest `first_kernel` slices; every block mixes
    depthwise convolutions over time (one kernel size for each group of channels), joins channels pointwise and may
    add a residual; the classifier sees the last `final_steps` outputs, joined by `pooling`.

    After MixConv (Tan and Le, 2019, arXiv:1907.09595) as microWakeWord streams it.
    """

    stride: int
    first_filters: int
    first_kernel: int
    kernels: tuple[tuple[int, ...], ...]
    filters: tuple[int, ...]
    residual: tuple[bool, ...]
    final_steps: int
    pooling: Literal["flatten", "mean", "max"]

    @property
    def block_inputs(self) -> tuple[int, ...]:
        """Channels that enter each block."""
        return (self.first_filters, *self.filters[:-1])

    @property
    def block_context(self) -> tuple[int, ...]:
        """Past steps that each block remembers: its largest kernel less one."""
        return tuple(max(kernels) - 1 for kernels in self.kernels)

    @property
    def receptive_field(self) -> int:
        """Slices that one output depends on."""
        steps = sum(self.block_context) + self.final_steps - 1
        return self.first_kernel + steps * self.stride

    @property
    def classifier_inputs(self) -> int:
        """Values that the classifier joins."""
        return self.filters[-1] * (self.final_steps if self.pooling == "flatten" else 1)

    @property
    def parameters(self) -> int:
        """Trained values after batch normalisation is folded."""
        first = self.first_kernel * FEATURES * self.first_filters + self.first_filters
        total = first + self.classifier_inputs + 1
        for i, (c_in, c_out) in enumerate(zip(self.block_inputs, self.filters, strict=True)):
            depthwise = sum(k * c for k, c in zip(self.kernels[i], groups(c_in, len(self.kernels[i])), strict=True))
            total += depthwise + c_in * c_out * (2 if self.residual[i] else 1) + c_out
        return total

    @property
    def macs_per_second(self) -> float:
        """Multiply-accumulates a second of audio."""
        return self.parameters / (self.stride * SLICE_S)

    @property
    def states(self) -> int:
        """Ring buffers: resource variables of the streaming form."""
        first = int(self.first_kernel > self.stride)
        return first + sum(context > 0 for context in self.block_context) + int(self.final_steps > 1)

    def steps(self, slices: int) -> int:
        """Return how many outputs a clip of so many slices has once the network is warm."""
        return max(0, (slices - self.receptive_field) // self.stride + 1)


def groups(channels: int, count: int) -> tuple[int, ...]:
    """Split channels among kernels; the first group takes what is left over."""
    base = channels // count
    return (channels - base * (count - 1), *([base] * (count - 1)))


_KERNELS = ((5,), (7, 11), (9, 15), (23,))

SIZES: dict[str, MixedNetShape] = {
    "small": MixedNetShape(3, 24, 5, _KERNELS, (32,) * 4, (False,) * 4, 6, "flatten"),
    "default": MixedNetShape(3, 32, 5, _KERNELS, (64,) * 4, (False,) * 4, 6, "flatten"),
    "large": MixedNetShape(3, 40, 5, _KERNELS, (96,) * 4, (False, True, True, True), 6, "flatten"),
}


def shape_of(recipe: ModelRecipe) -> MixedNetShape:
    """Return the shape that a recipe asks for.

    Raises:
        RecipeError: dimensions contradict one another or exceed what an ESP32-S3 takes.
    """
    base = SIZES[recipe.size]
    kernels = recipe.kernels or base.kernels
    shape = MixedNetShape(
        stride=recipe.stride or base.stride,
        first_filters=recipe.first_filters or base.first_filters,
        first_kernel=recipe.first_kernel or base.first_kernel,
        kernels=kernels,
        filters=recipe.filters or _stretch(base.filters, len(kernels)),
        residual=recipe.residual or _stretch(base.residual, len(kernels)),
        final_steps=recipe.final_steps or base.final_steps,
        pooling=recipe.pooling or base.pooling,
    )
    _check(shape)
    return shape


def _stretch(values: tuple[T, ...], length: int) -> tuple[T, ...]:
    return (values + values[-1:] * length)[:length]


def _check(shape: MixedNetShape) -> None:
    blocks = len(shape.kernels)
    if not (blocks == len(shape.filters) == len(shape.residual)):
        raise RecipeError(
            "model.kernels, model.filters and model.residual must have one entry for each block. "
            f"Received: {blocks}, {len(shape.filters)}, {len(shape.residual)}"
        )
    if any(not kernels or min(kernels) < 1 or max(kernels) > 63 for kernels in shape.kernels):
        raise RecipeError(f"model.kernels: sizes of 1 to 63 are allowed. Received: {shape.kernels}")
    if min(shape.filters) < 4 or max(shape.filters) > 256:
        raise RecipeError(f"model.filters: 4 to 256 are allowed. Received: {shape.filters}")
    if shape.first_kernel < shape.stride:
        raise RecipeError(
            f"model.first_kernel must be at least model.stride, or slices go unseen. "
            f"Received: {shape.first_kernel} and {shape.stride}"
        )
    if shape.states > STATE_LIMIT:
        raise RecipeError(f"the model would need {shape.states} state variables; ESPHome allows {STATE_LIMIT}")
    if shape.parameters > PARAMETER_LIMIT:
        raise RecipeError(
            f"the model would have {shape.parameters} parameters; at most {PARAMETER_LIMIT} fit an ESP32-S3",
            hint="Use fewer filters, or model.size=large.",
        )
