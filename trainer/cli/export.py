"""`wakesmith export RUN`: make the quantised model of a run's weights anew."""

import argparse
from pathlib import Path

from trainer.cli.printing import write
from trainer.errors import DataError, ModelError


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("export", parents=[common], help="make the .tflite of trained weights")
    parser.add_argument(
        "source", type=Path, metavar="RUN", help="a run's folder, or a weights.npz with recipe.yaml beside"
    )
    parser.add_argument("--features", type=Path, metavar="DIR", help="features to quantise by; default: the run's")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the .tflite; default: exported.tflite beside the weights"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export and verify."""
    from trainer.cli.verify import tell_verdict
    from trainer.core.folders import write_whole
    from trainer.export.stage import representative_frames
    from trainer.export.tflite import export_tflite
    from trainer.export.verify import Reference, verify_model
    from trainer.model.shape import shape_of
    from trainer.model.weights import load_weights
    from trainer.recipe_files import read_sections

    weights_file, recipe_file, features = _parts(args.source, args.features)
    recipe = read_sections(recipe_file, "model", "export", "seed")
    shape = shape_of(recipe.model)
    weights = load_weights(weights_file, shape)
    slices = max(recipe.export.representative_steps * shape.stride, shape.receptive_field)
    out = args.out or weights_file.with_name("exported.tflite")
    write_whole(out, export_tflite(weights, shape, representative_frames(features, slices, recipe.seed)))
    verdict = verify_model(out, reference=Reference(weights, shape))
    tell_verdict(verdict)
    if not verdict.passed:
        return ModelError.exit_code
    write(f"{out.stat().st_size:,} bytes")
    return 0


def _parts(source: Path, features: Path | None) -> tuple[Path, Path, Path]:
    """Return weights, recipe and features of a run's folder, or of weights with their recipe beside them."""
    if source.is_dir() and not (source / "weights.npz").is_file():
        weights, recipe, features = (
            source / "training" / "weights.npz",
            source / "recipe.yaml",
            features or source / "features",
        )
    else:
        weights = source / "weights.npz" if source.is_dir() else source
        recipe, features = weights.with_name("recipe.yaml"), features or weights.parent.parent / "features"
    for path, what in ((weights, "the weights"), (recipe, "the recipe"), (features, "the features")):
        if not path.exists():
            raise DataError(
                f"{path} does not exist: {what} of the run", hint="Name the run's folder, and --features."
            )
    return weights, recipe, features
