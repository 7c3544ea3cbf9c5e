"""Training: steps a second and time to a recall against microWakeWord's own loop, dense loss against clip-wise.

Both sides train on the same feature sets (`features/` of a run), with our default shape, each in its own process, in
turns. Recall is that of our validator for both: streaming over the validation sets at the threshold that meets the
target of false accepts.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring.microwakeword import MakePeer, seen_whole
from bench.measuring.ours import Loss, MakeOurs, training_recipe
from bench.measuring.sides import Side, interleave, rates, ratio, spread
from bench.measuring.tables import machine, show, versions
from trainer.model.shape import MixedNetShape, shape_of
from trainer.recipe import Recipe

PEER_BATCH, PEER_SLICES = 128, 204  # its notebook's: 1.5 s and what its convolutions drop
LOSSES: tuple[Loss, ...] = ("dense", "clip")
PEER = "microWakeWord"
SHAPE = shape_of(Recipe().model)


@dataclass
class Race:
    """How far a side is: seconds and steps of training, figures at each mark."""

    side: Side
    wall_s: float = 0.0
    first_s: float = 0.0
    cpu_s: float = 0.0
    steps: int = 0
    recalls: list[float] = field(default_factory=list)
    reached: bool = False

    def runs(self, limit: float) -> bool:
        """Say whether it goes on: every side is looked at once, however long it took to compile."""
        return not self.reached and (not self.recalls or self.wall_s < limit)

    def begin(self) -> None:
        """Take the first step, which compiles: it counts, and is told apart."""
        self._train("advance", 1)
        self.first_s = self.wall_s

    def go(self, seconds: float) -> float:
        """Train for a time, then measure; return the recall."""
        self._train("advance_for", seconds)
        self.recalls.append(float(self.side.call("measure").result["recall"]))
        return self.recalls[-1]

    def _train(self, method: str, amount: float) -> None:
        turn = self.side.call(method, amount)
        self.wall_s += turn.wall_s
        self.cpu_s += turn.cpu_s
        self.steps += int(turn.result)


def main(words: Sequence[str] | None = None) -> None:
    """Run the measurements that were asked for."""
    args = _parse(words)
    if "speed" in args.what:
        measure_speed(args)
    if "recall" in args.what:
        measure_recall(args)
    if "loss" in args.what:
        measure_loss(args)


def measure_speed(args: argparse.Namespace) -> None:
    """Steps a second at microWakeWord's setting, and at ours."""
    own = Recipe()
    slices, batch = round(own.augmentation.seconds * 100), own.training.batch
    with ExitStack() as stack:
        sides = [_ours(stack, args, PEER_BATCH, PEER_SLICES, args.seed), _ours(stack, args, batch, slices, args.seed)]
        settings = [(PEER_BATCH, PEER_SLICES, SHAPE), (batch, slices, SHAPE)]
        if args.peer:
            sides.append(_peer(stack, args, args.seed))
            settings.append((PEER_BATCH, PEER_SLICES, seen_whole(SHAPE, PEER_SLICES)))
        for side in sides:
            side.call("advance", args.warm_up)
        turns = interleave(sides, "advance", (args.round_steps,), args.rounds)
        rows = []
        for side, done, (clips, length, shape) in zip(sides, turns, settings, strict=True):
            wall, windows = rates(done), clips * shape.steps(length)
            peer = args.peer and side is not sides[-1]
            rows.append((
                side.name, f"{clips} x {length}", spread(wall), spread(rates(done, cpu=True)),
                spread([value * windows for value in wall], 0),
                ratio(wall, rates(turns[-1])) if peer else "", f"{side.memory.peak:,.0f}",
            ))  # fmt: skip
    show(
        "Training steps a second: median (lowest to highest)",
        ("", "clips x slices", "steps/s", "steps/CPU-s", "windows/s", f"ratio to {PEER}", "peak MB"),
        rows,
        [
            f"{args.rounds} rounds in turns of {args.round_steps} steps. A window is a position that the loss sees.",
            *_small_print(args),
        ],
    )


def measure_recall(args: argparse.Namespace) -> None:
    """Training time until the recall is reached, our setting against microWakeWord's."""
    if not args.peer:
        raise SystemExit("bench.training recall: name a checkout of microWakeWord with --peer DIR")
    own = Recipe()
    rows = []
    for seed in range(args.seed, args.seed + args.seeds):
        with ExitStack() as stack:
            races = [
                Race(_ours(stack, args, own.training.batch, round(own.augmentation.seconds * 100), seed)),
                Race(_peer(stack, args, seed)),
            ]
            for race in races:
                race.begin()
            while any(race.runs(args.limit) for race in races):
                for race in races:
                    if race.runs(args.limit):
                        race.reached = race.go(args.every) >= args.recall
            ours, peer = races
            for race in races:
                rows.append((
                    f"{race.side.name}, seed {seed}", _told(race), f"{race.first_s:,.1f}", f"{race.cpu_s:,.1f}",
                    str(race.steps), f"{max(race.recalls):.3f}", f"{race.side.memory.peak:,.0f}",
                    _factor(ours, peer) if race is ours else "",
                ))  # fmt: skip
    show(
        f"Training time to a validation recall of {args.recall:g} at {args.target:g} false accepts an hour",
        ("", "wall s", "of it first step", "CPU s", "steps", "best recall", "peak MB", "times as fast"),
        rows,
        [
            f"Looked at every {args.every:g} s of training, for at most {args.limit:g} s. The first step, "
            "which compiles, counts; looking does not.",
            f"Ours: dense, {own.training.batch} x {round(own.augmentation.seconds * 100)}, one phase of {args.steps} "
            f"steps, averaged weights. {PEER}: {PEER_BATCH} x {PEER_SLICES}, the settings of its notebook.",
            *_small_print(args),
        ],
    )


def measure_loss(args: argparse.Namespace) -> None:
    """Recall of dense and of clip-wise training after equal seconds."""
    own = Recipe()
    batch, slices = own.training.batch, round(own.augmentation.seconds * 100)
    marks = [args.limit * part for part in (0.25, 0.5, 1.0)]
    rows = []
    for seed in range(args.seed, args.seed + args.seeds):
        with ExitStack() as stack:
            races = [Race(_ours(stack, args, batch, slices, seed, loss)) for loss in LOSSES]
            planned = [race.side.call("plan", args.limit).result for race in races]
            for mark in marks:
                for race in races:
                    race.go(mark - race.wall_s)
            for race, steps in zip(races, planned, strict=True):
                rows.append((
                    f"{race.side.name}, seed {seed}", *(f"{recall:.3f}" for recall in race.recalls),
                    f"{race.steps} of {steps}", f"{race.cpu_s:,.1f}", f"{race.side.memory.peak:,.0f}",
                ))  # fmt: skip
    show(
        f"Validation recall at {args.target:g} false accepts an hour after equal training time",
        ("", *(f"after {mark:g} s" for mark in marks), "steps", "CPU s", "peak MB"),
        rows,
        [
            "The learning rate falls over the whole time for both: each took as many steps as it could. Both compute "
            "every window of a clip; clip-wise, the loss looks at one of them. Compiling is left out for both.",
            *_small_print(args),
        ],
    )


def _ours(
    stack: ExitStack, args: argparse.Namespace, batch: int, slices: int, seed: int, loss: Loss = "dense"
) -> Side:
    recipe = training_recipe(batch, slices, loss, seed, args.steps, args.target)
    return stack.enter_context(Side(f"ours, {loss}", MakeOurs(args.features, recipe)))


def _peer(stack: ExitStack, args: argparse.Namespace, seed: int) -> Side:
    make = MakePeer(args.peer, args.features, SHAPE, PEER_SLICES, PEER_BATCH, seed, args.target)
    return stack.enter_context(Side(PEER, make))


def _told(race: Race) -> str:
    return f"{race.wall_s:,.1f}" if race.reached else f"not within {race.wall_s:,.0f}"


def _factor(ours: Race, peer: Race) -> str:
    if not ours.reached:
        return "not reached"
    return f"{'' if peer.reached else 'more than '}{peer.wall_s / ours.wall_s:.2f}"


def _small_print(args: argparse.Namespace) -> list[str]:
    return [
        f"Network: {_describe(SHAPE)}; {PEER}'s classifier sees all "
        f"{seen_whole(SHAPE, PEER_SLICES).final_steps} steps of its clip.",
        f"{versions('tensorflow-cpu', 'tensorflow', 'keras', 'numpy')}; {machine()}; {args.features}",
    ]


def _describe(shape: MixedNetShape) -> str:
    return f"{shape.parameters:,} parameters, stride {shape.stride}, {shape.final_steps} final steps"


def _parse(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench training", description=__doc__)
    parser.add_argument("what", nargs="*", choices=("speed", "recall", "loss"), default=["speed", "recall", "loss"])
    parser.add_argument("--features", type=Path, required=True, metavar="DIR", help="features/ of a run")
    parser.add_argument("--peer", type=Path, metavar="DIR", help="a checkout of kahrendt/microWakeWord")
    parser.add_argument("--rounds", type=int, default=8, help="turns of each side in `speed`")
    parser.add_argument("--round-steps", type=int, default=100, help="steps a turn in `speed`")
    parser.add_argument("--warm-up", type=int, default=30, help="steps before the clock in `speed`")
    parser.add_argument("--recall", type=float, default=0.9, help="the recall to reach in `recall`")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds of training at most, each side")
    parser.add_argument("--every", type=float, default=10.0, help="seconds of training between looks in `recall`")
    parser.add_argument("--target", type=float, default=Recipe().training.target_false_accepts,
                        help="false accepts an hour")  # fmt: skip
    parser.add_argument("--steps", type=int, default=Recipe().training.steps[0], help="of our schedule in `recall`")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="repeat `recall` and `loss` with so many seeds")
    args = parser.parse_args(words)
    if not (args.features / "train_positive").is_dir():
        parser.error(f"{args.features} holds no feature sets (train_positive and others)")
    return args


if __name__ == "__main__":
    main()
