"""From the flags of `train` to a recipe, and to the command that goes on with it."""

import argparse
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.ablations import ABLATIONS, leave_out
from trainer.errors import RecipeError

if TYPE_CHECKING:
    from trainer.recipe import Recipe

SAVED = "recipe.yaml"
_EXAMPLE = 'For example: wakesmith train "hey jarvis"'


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Declare every choice of a run."""
    parser.add_argument(
        "phrase",
        metavar="PHRASE",
        nargs="?",
        help="what people will say; may be left out where --config names it, or with --resume",
    )
    parser.add_argument("--preset", metavar="quick|standard|thorough", help="how much work; default: standard")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a YAML file of choices, laid over the preset")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE",
                        help="one choice, such as training.batch=32; repeatable; see docs/recipe.md")  # fmt: skip
    parser.add_argument(
        "--lang", metavar="CODE", help="the phrase's language, such as en, de, pt-br; default: detected"
    )
    parser.add_argument("--say", action="append", metavar="IPA", help="a pronunciation, in place of ours; repeatable")
    for kind, what in (
        ("positives", "recordings of the phrase"),
        ("negatives", "recordings of other speech"),
        ("noise", "recordings of noise"),
        ("music", "music"),
        ("rooms", "room impulse responses"),
    ):
        parser.add_argument(f"--{kind}", action="append", type=Path, metavar="DIR", help=f"{what}; repeatable")
    left_out = parser.add_argument_group("leave out, to learn what it is worth")
    for ablation in ABLATIONS:
        left_out.add_argument(f"--no-{ablation.name}", dest="left_out", action="append_const", const=ablation.name,
                              default=[], help=ablation.about)  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run's folder; default: out/<name of the phrase>")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, with its own choices")
    parser.add_argument("--seed", type=int, metavar="N", help="the same seed makes the same model; default: 1")
    parser.add_argument("--device", choices=("auto", "cpu", "gpu"), help="default: auto")
    parser.add_argument("--workers", type=int, metavar="N", help="processes; default: one for each core")


def choose_folder(args: argparse.Namespace) -> Path:
    """Return the run's folder.

    Raises:
        RecipeError: neither a phrase nor a folder to resume is given.
        PhraseError: the phrase has no letters.
    """
    if args.out is not None:
        return Path(args.out)
    if args.phrase is None:
        raise RecipeError("no phrase is given", hint=_EXAMPLE)
    from trainer.phrase.language import make_id, normalise_text

    return Path("out") / make_id(normalise_text(args.phrase, args.lang or "auto"))


def choose_recipe(args: argparse.Namespace, folder: Path) -> "Recipe":
    """Return the recipe that the flags describe; with --resume they are laid over the folder's own.

    Raises:
        RecipeError: a choice is unknown or out of range, or there is nothing to resume.
    """
    from trainer.recipe_files import load_recipe

    file: Path | None = args.config
    if args.resume and file is None:
        saved = folder / SAVED
        if saved.is_file():
            file = saved
        elif args.phrase is None:
            raise RecipeError(f"there is no run to resume in {folder}", hint="Name the phrase to begin one.")
    preset = args.preset or "standard"
    settings = [*args.settings, *leave_out(args.left_out)]
    recipe = load_recipe(preset, file, settings, _overrides(args))
    if args.preset is None and recipe.preset != preset:  # the file names another: its values go below the file's
        recipe = load_recipe(recipe.preset, file, settings, _overrides(args))
    if not recipe.phrase.text and args.phrase is None:
        raise RecipeError("no phrase is given", hint=_EXAMPLE)
    return recipe


def _overrides(args: argparse.Namespace) -> dict[str, Any]:
    phrase = {"text": args.phrase, "language": args.lang, "say": args.say}
    data = {kind: getattr(args, kind) for kind in ("positives", "negatives", "noise", "music", "rooms")}
    choices: dict[str, Any] = {
        "seed": args.seed,
        "device": args.device,
        "workers": args.workers,
        "preset": args.preset,
    }
    choices |= {"phrase": _given(phrase), "data": _given(data)}
    return _given(choices)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def resume_command(argv: Sequence[str], folder: Path) -> str:
    """Return the exact command that goes on where this one stopped."""
    program = os.environ.get("WAKESMITH_TRAIN", "wakesmith train")
    more = [] if "--resume" in argv else ["--resume"]
    if not any(word == "--out" or word.startswith("--out=") for word in argv):
        more += ["--out", str(folder)]
    return f"{program} {shlex.join([*argv, *more])}"
