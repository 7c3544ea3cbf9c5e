"""The gate: does ESPHome accept this model, and does it compute there what was measured here? (N4, X3)

None of this may be overridden: a device refuses a model that fails, or hears nothing with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ModelError
from trainer.export.arena import find_arena
from trainer.export.checks import Check, check_structure, compare
from trainer.export.insight import PLATFORMS, Cost, cost_of
from trainer.export.parity import gap, parity, probe_frames
from trainer.model.flatbuffer import read_model, read_structure
from trainer.model.manifest import Manifest, read_manifest
from trainer.model.shape import MixedNetShape
from trainer.model.weights import Weights

GAP_LIMIT = 0.1  # mean distance from the float model; a sound export of this kind has some 0.01


@dataclass(frozen=True)
class Verdict:
    """What the gate says. Checks that need a sound structure are absent where it is not sound.

    Attributes:
        model: the file.
        checks: in the order they were made.
        cost: what the model costs, where it runs.
        manifest: as read, where there is a valid one.
    """

    model: Path
    checks: tuple[Check, ...]
    cost: Cost | None = None
    manifest: Manifest | None = None

    @property
    def passed(self) -> bool:
        """No check failed."""
        return not self.failures

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.passed)

    def require(self) -> None:
        """Raise ModelError naming every fault, unless the model passed."""
        if self.failures:
            faults = "; ".join(f"{check.name}: {check.message}" for check in self.failures)
            raise ModelError(f"{self.model} is refused: {faults}", code="refused")


@dataclass(frozen=True)
class Reference:
    """The float model that a quantised one was made from."""

    weights: Weights
    shape: MixedNetShape


def verify_model(
    path: Path,
    manifest: Path | None = None,
    reference: Reference | None = None,
    frames: NDArray[np.uint16] | None = None,
) -> Verdict:
    """Ask every question.

    Args:
        path: the .tflite file.
        manifest: its manifest; by default `<stem>.json` beside it, if there is one.
        reference: the float model, to measure the gap to.
        frames: front-end frames [slices, 40] for parity and gap; by default made-up ones.
    """
    beside = path.with_suffix(".json")
    manifest = manifest or (beside if beside.exists() else None)
    frames = probe_frames() if frames is None else frames
    try:
        data = read_model(path)
        structure = read_structure(data)
    except ModelError as error:
        return Verdict(path, (Check("readable", False, error.message),))
    checks = [Check("readable", True, f"{len(data):,} bytes"), *check_structure(structure)]
    found, about = _check_manifest(path, manifest)
    checks += about
    cost = None
    if all(check.passed for check in checks if check not in about):
        arena, ran = _check_arena(data, found)
        checks.append(ran)
        if arena is not None:
            cost = cost_of(structure, arena)
            checks += [_check_size(cost), _guard("parity", lambda: _check_parity(data, frames))]
            if reference is not None:
                checks.append(_guard("gap", lambda: _check_gap(data, reference, frames)))
    return Verdict(path, tuple(checks), cost, found)


def _guard(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except ModelError as error:
        return Check(name, False, error.message)


def _check_manifest(path: Path, manifest: Path | None) -> tuple[Manifest | None, list[Check]]:
    if manifest is None:
        return None, [Check("manifest", True, "not checked: none lies beside the model; --manifest names one")]
    try:
        found = read_manifest(manifest)
    except ModelError as error:
        return None, [Check("manifest", False, error.message)]
    named = compare("manifest", found.model == path.name, f'"model": "{path.name}"', f'"model": "{found.model}"')
    return found, [named]


def _check_arena(data: bytes, manifest: Manifest | None) -> tuple[int | None, Check]:
    try:
        arena = find_arena(data)
    except ModelError as error:
        return None, Check("arena", False, error.message)
    needed = arena.bytes
    if manifest is None:
        told = "TFLite-Micro needs" if arena.measured else "calculated, not measured: TFLite-Micro should need"
        return needed, Check("arena", True, f"{told} {needed:,} bytes")
    by = "needed" if arena.measured else "calculated, not measured"
    received = f"{manifest.tensor_arena_size:,} bytes in the manifest, {needed:,} {by}"
    enough = manifest.tensor_arena_size >= needed
    return needed, compare("arena", enough, "at least what TFLite-Micro needs", received)


def _check_size(cost: Cost) -> Check:
    fitting = [p.name for p in PLATFORMS if cost.fits(p)]
    message = (
        f"{cost.parameters:,} parameters, {cost.macs_per_second / 1e6:.2f} million multiplications a second, "
        f"{cost.states} states of {cost.state_bytes:,} bytes; fits {', '.join(fitting) or 'none of the boards'}"
    )
    passed = any(platform.esphome and cost.fits(platform) for platform in PLATFORMS)
    return Check("size", passed, message, "room on an ESP32-S3", f"{cost.size} bytes, arena {cost.arena} bytes")


def _check_parity(data: bytes, frames: NDArray[np.uint16]) -> Check:
    found = parity(data, frames)
    if found.micro:
        received = (
            f"{found.twin} steps differ in the device twin, {found.reference} in LiteRT, by up to {found.largest}"
        )
        same, base = "device twin, TFLite-Micro and LiteRT agree bit for bit", "TFLite-Micro"
    else:
        received = f"{found.twin} steps differ in the device twin, by up to {found.largest}"
        same, base = "device twin and LiteRT agree bit for bit", "LiteRT's reference kernels"
    message = f"{same if found.exact else received}; {found.steps} steps, {found.logits} different logits"
    if found.logit_differences:
        message += f"; {found.logit_differences} logits differ by rounding"
    if not found.micro:
        message += "; TFLite-Micro could not be asked, it is not made for this machine"
    return Check("parity", found.exact, message, f"no difference from {base}", received)


def _check_gap(data: bytes, reference: Reference, frames: NDArray[np.uint16]) -> Check:
    found = gap(data, reference.weights, reference.shape, frames)
    message = (
        f"quantisation moves probabilities by {found.mean:.4f} on average, {found.p99:.4f} at the 99th percentile"
    )
    return Check("gap", found.mean <= GAP_LIMIT, message, f"a mean of at most {GAP_LIMIT}", f"{found.mean:.4f}")
