"""`wakesmith verify MODEL`: would ESPHome take this model, and compute with it what was measured here?"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.printing import write, write_object, write_table
from trainer.errors import ModelError

if TYPE_CHECKING:
    from trainer.export.verify import Reference, Verdict


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser(
        "verify", parents=[common], help="check a model by ESPHome's rules; exit code 7 if refused"
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .tflite")
    parser.add_argument("--manifest", type=Path, metavar="FILE", help="its manifest; default: the .json beside it")
    parser.add_argument("--json", action="store_true", help="write the verdict to stdout as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask every question; a model folder's own weights are compared too."""
    from trainer.export.verify import verify_model

    verdict = verify_model(args.model, args.manifest, reference_beside(args.model))
    if args.json:
        write_object(verdict)
    else:
        tell_verdict(verdict)
    return 0 if verdict.passed else ModelError.exit_code


def reference_beside(model: Path) -> "Reference | None":
    """Return the float model that lies in the same folder, as it does in a run's result; None where there is none.

    Of its recipe the network's section alone is read; one that is no longer understood is told and passed over.
    """
    from trainer.errors import RecipeError
    from trainer.export.verify import Reference
    from trainer.model.shape import shape_of
    from trainer.model.weights import load_weights
    from trainer.recipe_files import read_sections

    weights, recipe = model.with_name("weights.npz"), model.with_name("recipe.yaml")
    if not (weights.is_file() and recipe.is_file()):
        return None
    try:
        shape = shape_of(read_sections(recipe, "model").model)
    except RecipeError as error:
        sys.stderr.write(f"note: the gap to the float model is not compared, for {recipe}: {error.message}\n")
        return None
    return Reference(load_weights(weights, shape), shape)


def tell_verdict(verdict: "Verdict") -> None:
    """Write every check, and the verdict last."""
    write_table(("ok" if c.passed else "FAULT", c.name, c.message) for c in verdict.checks)
    write(f"{verdict.model}: {'passes' if verdict.passed else 'refused'}")
