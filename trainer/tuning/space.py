"""What a search may change: values of the recipe, and how far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trainer.errors import RecipeError
from trainer.model.shape import shape_of
from trainer.recipe import Recipe

Values = Mapping[str, float]


@dataclass(frozen=True)
class Choice:
    """One value of the recipe: of a list the first, to which the others keep their proportion.

    Attributes:
        key: as in the recipe, `section.name`.
        low, high: the range that is searched, both included.
        log: searched evenly in its logarithm.
        whole: whole numbers alone.
    """

    key: str
    low: float
    high: float
    log: bool = False
    whole: bool = False


# A scale reaches about a factor of four to either side of the default, an amount from nothing to about twice as much.
_TRAINING = (
    Choice("training.rates", 2e-4, 5e-3, log=True),
    Choice("training.batch", 32, 128, log=True, whole=True),
    Choice("training.dropout", 0.0, 0.5),
    Choice("training.weight_decay", 1e-4, 0.1, log=True),
    Choice("training.hardest", 0.0, 8.0),
    Choice("training.class_weights", 0.5, 8.0, log=True),  # of negatives: the proportion counts
    Choice("training.smoothing", 0.0, 0.1),
    Choice("training.mixup", 0.0, 0.6),
    Choice("training.time_mask", 0, 40, whole=True),
    Choice("training.time_warp", 0.0, 0.4),
    Choice("training.frequency_warp", 0.0, 0.1),
)
_SHAPE = (
    Choice("model.filters", 16, 96, log=True, whole=True),
    Choice("model.first_filters", 16, 48, log=True, whole=True),
    Choice("model.final_steps", 2, 12, whole=True),
)


def list_choices(recipe: Recipe, shape: bool = False, only: tuple[str, ...] = ()) -> tuple[Choice, ...]:
    """Return what is searched around a recipe; a range is widened where the recipe's own value lies outside.

    Args:
        shape: the model's dimensions, too.
        only: keys, in place of all of them.

    Raises:
        RecipeError: a key cannot be searched.
    """
    known = {each.key: each for each in (*_TRAINING, *_SHAPE)}
    for key in only:
        if key not in known:
            raise RecipeError(f"--only: one of {', '.join(known)} is allowed. Received: {key!r}")
    wanted = [known[key] for key in dict.fromkeys(only)] or [*_TRAINING, *_SHAPE * shape]
    return tuple(_widen(choice, value_of(recipe, choice.key)) for choice in wanted)


def value_of(recipe: Recipe, key: str) -> float:
    """Return what a recipe has for a choice's key."""
    section, _, name = key.partition(".")
    owner: Any = shape_of(recipe.model) if section == "model" else recipe.training
    value = getattr(owner, name)
    if name == "class_weights":
        return float(value[1])
    return float(value[0] if isinstance(value, tuple) else value)


def lay_over(recipe: Recipe, values: Values) -> Recipe:
    """Return the recipe with the values of a trial.

    Raises:
        RecipeError: no device takes a network of that shape.
    """
    training: dict[str, Any] = {}
    model: dict[str, Any] = {}
    for key, value in values.items():
        name = key.partition(".")[2]
        ratio = value / (value_of(recipe, key) or 1)
        if name == "rates":
            training[name] = tuple(rate * ratio for rate in recipe.training.rates)
        elif name == "class_weights":
            training[name] = (recipe.training.class_weights[0], value)
        elif name == "filters":
            model[name] = tuple(max(4, round(count * ratio)) for count in shape_of(recipe.model).filters)
        elif key.startswith("model."):
            model[name] = round(value)
        else:
            training[name] = value
    changed = replace(recipe, training=replace(recipe.training, **training), model=replace(recipe.model, **model))
    shape_of(changed.model)
    return changed


def _widen(choice: Choice, now: float) -> Choice:
    if choice.log and now <= 0:  # what the recipe does without, such as a weight decay of 0, has no logarithm
        return replace(choice, low=0.0, log=False)
    return replace(choice, low=min(choice.low, now), high=max(choice.high, now))
