"""`wakesmith listen FILE --model M`: what the device would think of a recording, moment by moment."""

import argparse
import json
from pathlib import Path

from trainer.cli.checking import check_number
from trainer.cli.printing import write
from trainer.errors import ModelError

_BAR = 40  # columns for a probability of 1


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("listen", parents=[common], help="show where a model detects in a recording")
    parser.add_argument("file", type=Path, metavar="FILE", help="audio of any format")
    parser.add_argument("--model", type=Path, required=True, metavar="MODEL", help="a .tflite, or a run's folder")
    parser.add_argument("--cutoff", type=int, metavar="0..255", help="in place of the manifest's")
    parser.add_argument("--window", type=int, metavar="STEPS", help="in place of the manifest's")
    parser.add_argument(
        "--every", type=float, default=0.1, metavar="S", help="seconds a line stands for; default: 0.1"
    )
    parser.add_argument("--json", action="store_true", help="write probabilities and detections to stdout as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Play the recording to the model, a second of quiet before and after."""
    from trainer.core.audio import MAX_SECONDS
    from trainer.evaluation.device import CUTOFFS, SLICE_SECONDS
    from trainer.evaluation.evaluate import open_model
    from trainer.evaluation.stream import hear_file
    from trainer.model.manifest import WINDOWS

    check_number("--cutoff", args.cutoff, 0, CUTOFFS - 1)
    check_number("--window", args.window, *WINDOWS)
    check_number("--every", args.every, SLICE_SECONDS, MAX_SECONDS)
    twin, facts = open_model(find_model(args.model), None)
    cutoff = facts.cutoff if args.cutoff is None else args.cutoff
    window = facts.window if args.window is None else args.window
    heard = hear_file(args.file, twin, cutoff, window, MAX_SECONDS)
    step_s, found = twin.stride * SLICE_SECONDS, list(heard.detections)
    if args.json:
        curve = {"starts_s": heard.begin_s, "step_s": step_s, "probabilities": heard.probabilities.tolist()}
        write(json.dumps(curve | {"cutoff": cutoff, "window": window, "detections_s": found}))
        return 0
    _draw(heard.means / 255, cutoff / 255, step_s, max(1, round(args.every / step_s)), found, heard.begin_s)
    return 0


def find_model(path: Path) -> Path:
    """Return the .tflite that is meant: the file itself, or the only one in a folder or in its `result`."""
    if not path.is_dir():
        return path
    models = sorted(path.glob("*.tflite")) or sorted((path / "result").glob("*.tflite"))
    if len(models) != 1:
        raise ModelError(f"{path} holds {len(models)} models", hint="Name the .tflite.")
    return models[0]


def _draw(means: "object", cutoff: float, step_s: float, steps: int, found: list[float], begin_s: float) -> None:
    import numpy as np

    values = np.asarray(means, np.float64)
    mark = round(cutoff * _BAR)
    for begin in range(0, len(values), steps):
        highest = float(values[begin : begin + steps].max())
        at = begin * step_s + begin_s
        bar = ("█" * round(highest * _BAR)).ljust(_BAR + 1)
        bar = bar[:mark] + ("│" if bar[mark] == " " else bar[mark]) + bar[mark + 1 :]
        heard = any(at <= t < at + steps * step_s for t in found)
        write(f"{at:7.2f} s  {highest:5.2f}  {bar}{'  detected' if heard else ''}".rstrip())
    times = ", ".join(f"{t:.2f} s" for t in found)
    write(
        f"detected at {times}"
        if found
        else f"not detected; highest {values.max(initial=0.0):.2f}, cutoff {cutoff:.2f}"
    )
