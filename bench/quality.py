"""Quality: finished models on folders of real recordings, by the device's own rules, side by side.

script/bench quality out/alexa/result --peer alexa --positives WAKE/alexa --negatives WAKE/athena EVAL
"""

import argparse
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from bench.measuring.tables import machine, show, versions
from trainer.core.workers import process_pool
from trainer.evaluation.evaluate import evaluate_folders
from trainer.evaluation.measures import Hourly, Share
from trainer.evaluation.results import Evaluation
from trainer.evaluation.words import name_condition
from trainer.events import discard

CONDITIONS = ("clean", "noise_10db", "noise_5db", "noise_0db", "level_-20db", "level_-30db")


def find_model(place: Path) -> Path:
    """Return a model: the file itself, or the one .tflite of a folder."""
    if place.is_file():
        return place
    found = sorted(place.glob("*.tflite"))
    if len(found) != 1:
        raise SystemExit(f"bench.quality: {place} must be a model or hold one .tflite. Received: {len(found)}")
    return found[0]


def find_official(name: str) -> Path:
    """Return an official model that pymicro-wakeword carries."""
    spec = importlib.util.find_spec("pymicro_wakeword")
    if spec is None or spec.origin is None:
        raise SystemExit("bench.quality: --peer needs the package pymicro-wakeword (script/setup --dev)")
    folder = Path(spec.origin).parent / "models"
    model = folder / f"{name}.tflite"
    if not model.is_file():
        known = ", ".join(sorted(path.stem for path in folder.glob("*.tflite")))
        raise SystemExit(f"bench.quality: there is no official model {name!r}; known: {known}")
    return model


def tell_share(share: Share) -> str:
    """Return found of all, percent, and Wilson's interval; `found` is a mean over stride phases."""
    if share.value is None:
        return "nothing heard"
    return (
        f"{share.hits:.1f}/{share.total}  {100 * share.value:.1f} % [{100 * share.low:.1f}, {100 * share.high:.1f}]"
    )


def tell_hourly(hourly: Hourly) -> str:
    """Return the accepts, the hours they were counted in, and the upper bound of the rate."""
    if hourly.bound is None:
        return "nothing heard"
    return f"{hourly.count} in {hourly.hours:.2f} h; at most {hourly.bound:,.2f} an hour"


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="script/bench quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="*", type=Path, metavar="MODEL", help="model folders or .tflite files")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME", help="an official model beside them")
    parser.add_argument("--positives", type=Path, nargs="+", default=[], metavar="DIR", help="the phrase")
    parser.add_argument("--negatives", type=Path, nargs="+", default=[], metavar="DIR", help="any other sound")
    parser.add_argument("--conditions", nargs="+", default=CONDITIONS, metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0)
    args = parser.parse_args(words)
    models = [find_model(place) for place in args.models] + [find_official(name) for name in args.peer]
    if not models:
        parser.error("name a model, or --peer NAME")
    with process_pool(args.workers or None) as pool:
        evaluations = [
            evaluate_folders(m, None, args.positives, args.negatives, args.conditions, pool, discard, args.seed)
            for m in models
        ]
    names = [*(str(place) for place in args.models), *(f"official {name}" for name in args.peer)]
    print_evaluations(names, evaluations)


def print_evaluations(names: Sequence[str], evaluations: Sequence[Evaluation]) -> None:
    """Print a column a model: what was heard in each condition, and what woke it by mistake."""
    first = evaluations[0]
    rows = [
        ("cutoff, window", *(f"{e.model.cutoff} of 255, {e.model.window}" for e in evaluations)),
        ("size, arena", *(f"{e.model.size:,} B, {e.model.arena or 'unknown'}" for e in evaluations)),
    ]
    for index, condition in enumerate(first.conditions):
        rows.append((name_condition(condition.name), *(tell_share(e.conditions[index].recall) for e in evaluations)))
    rows.append(("False accepts", *(tell_hourly(e.false_accepts) for e in evaluations)))
    for index, source in enumerate(first.sources):
        rows.append((f"  {source.name} ({source.files})", *(tell_hourly(e.sources[index].rate) for e in evaluations)))
    if first.latency:
        rows.append(("Latency, median", *(f"{e.latency.median_ms:.0f} ms" if e.latency else "" for e in evaluations)))
    left_out = f"; {len(first.rejections)} recordings were left out" if first.rejections else ""
    show(
        f"Found of all clips (mean of stride phases), Wilson's 95 % interval: {first.basis}",
        ("", *names),
        rows,
        [
            f"False accepts are those of the worst stride phase; bounds are one-sided, 95 %{left_out}.",
            f"{versions('ai-edge-litert', 'pymicro-wakeword', 'pymicro-features')}; {machine()}",
        ],
    )


if __name__ == "__main__":
    main()
