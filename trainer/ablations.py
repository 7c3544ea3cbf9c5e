"""Parts of the work that a run may be told to leave out, to learn what they are worth: ablations (T26)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainer.recipe import Recipe


@dataclass(frozen=True)
class Ablation:
    """A part that can be left out: its flag is `--no-<name>`, and without it all its keys of the recipe are 0."""

    name: str
    keys: tuple[str, ...]
    about: str


ABLATIONS = (
    Ablation("rooms", ("augmentation.rooms",), "room echoes"),
    Ablation("noise", ("augmentation.noise",), "noise, music and babble behind the clips"),
    Ablation("run-on", ("augmentation.run_on",), "other speech right before or after the phrase"),
    Ablation("alone", ("augmentation.alone",), "pieces of other speech that stand alone"),
    Ablation("equaliser", ("augmentation.equaliser",), "other microphones' colour"),
    Ablation("clipping", ("augmentation.clipping",), "distortion"),
    Ablation("speed", ("augmentation.speed",), "resampling to another speed"),
    Ablation("specaugment", ("training.time_masks", "training.frequency_masks"), "masks over time and frequency"),
    Ablation("warp", ("training.time_warp", "training.frequency_warp"), "bent time and frequency"),
    Ablation("mixup", ("training.mixup",), "clips mixed with negatives"),
    Ablation("mining", ("training.mine",), "hard negatives found between the phases"),
)


def leave_out(names: Iterable[str]) -> list[str]:
    """Return the settings, `key=0`, of a recipe without these parts."""
    chosen = set(names)
    return [f"{key}=0" for ablation in ABLATIONS if ablation.name in chosen for key in ablation.keys]


def left_out(recipe: "Recipe") -> list[str]:
    """Return the names of the parts that a recipe leaves out, however it came to."""
    return [ablation.name for ablation in ABLATIONS if not any(_value(recipe, key) for key in ablation.keys)]


def _value(recipe: "Recipe", key: str) -> Any:
    section, name = key.split(".")
    return getattr(getattr(recipe, section), name)
