"""`wakesmith gap MODEL`: what quantisation costs a model, rounding by rounding and layer by layer."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.cli.checking import MOST_WORKERS, check_folder, check_number
from trainer.cli.printing import as_json, write, write_object, write_table

if TYPE_CHECKING:
    from trainer.export.losses import Effect, Layer, Losses


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser(
        "gap", parents=[common], help="where does the quantised model lose against the float one?"
    )
    parser.add_argument("model", type=Path, metavar="MODEL",
                        help="a .tflite with its manifest beside it; with weights.npz and recipe.yaml, as in a "
                             "result, what rounding the weights costs is told too")  # fmt: skip
    parser.add_argument("--positives", action="append", type=Path, default=[], metavar="DIR",
                        help="recordings of the phrase; repeatable")  # fmt: skip
    parser.add_argument("--negatives", action="append", type=Path, default=[], metavar="DIR",
                        help="any other sound; repeatable")  # fmt: skip
    parser.add_argument("--run", dest="runs", action="append", type=Path, default=[], metavar="DIR",
                        help="a run's folder: its test clips")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="write gap.json and gap.html there")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the quiet around clips; default: 1")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes; default: one for each core")
    parser.add_argument("--json", action="store_true", help="write all of it to stdout as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Isolate and tell."""
    from trainer.cli.verify import reference_beside
    from trainer.cli.watchers import PlainView
    from trainer.core.workers import process_pool
    from trainer.evaluation.evaluate import open_model
    from trainer.evaluation.scoring import Rule
    from trainer.evaluation.unheard import gather_sound
    from trainer.export.floats import know_floats, name_layers
    from trainer.export.graph import read_graph
    from trainer.export.losses import isolate_losses

    check_number("--workers", args.workers, 0, MOST_WORKERS)
    if args.out:
        check_folder("--out", args.out)
    twin, facts = open_model(args.model, None)
    graph, reference = read_graph(twin.model), reference_beside(args.model)
    layers = name_layers(graph, know_floats(graph, reference.weights, reference.shape) if reference else {})
    sound = gather_sound(args.positives, args.negatives, args.runs)
    rule = Rule(facts.cutoff, facts.window)
    with process_pool(args.workers or None) as pool:
        found = isolate_losses(facts.name, twin, graph, layers, rule, sound, pool, PlainView(sys.stderr), args.seed)
    if args.out:
        _write(args.out, found)
    if args.json:
        write_object(found)
    else:
        _tell(found)
    return 0


def _write(folder: Path, found: "Losses") -> None:
    from dataclasses import asdict

    from trainer.core.folders import write_whole
    from trainer.export.losses_page import render_losses

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "gap.json", as_json(asdict(found)) + "\n")
    write_whole(folder / "gap.html", render_losses(found))


def _tell(found: "Losses") -> None:
    from trainer.export.advice import NAMES, advise, describe

    write(describe(found))
    for line in advise(found):
        write(f"- {line}")
    write("")
    write_table([("", "found", "lost", "gained", "accepts", "score", "distance"),
                 *(_row(name, effect) for name, effect in (
                     ("the float model", found.original),
                     *((f"{NAMES[part.name]} alone", part.alone) for part in found.parts),
                     *((f"all but {NAMES[part.name]}", part.without) for part in found.parts),
                     ("everything rounded", found.quantised),
                     ("on the device", found.device)))])  # fmt: skip
    write("")
    head = ("layer", "signal to noise", "its own rounding", "out of range", "distance alone")
    write_table([head, *(_layer(layer) for layer in found.layers)])
    for rejection in found.rejections:
        write(f"left out ({rejection.reason}): {rejection.message}")


def _row(name: str, effect: "Effect") -> tuple[str, ...]:
    figures = (effect.found, effect.lost, effect.gained, effect.accepts, f"{effect.score:.1f}")
    return (name, *map(str, figures), f"{effect.distance:.5f}")


def _layer(layer: "Layer") -> tuple[str, ...]:
    saturated = f"{layer.saturated} of {layer.values}"
    return layer.name, f"{layer.snr_db} dB", f"{layer.own_db} dB", saturated, f"{layer.alone.distance:.5f}"
