"""What the losses of quantisation mean, and what to do about them, for people who did not build the model."""

from collections.abc import Iterator

from trainer.evaluation.paired import LEVEL
from trainer.export.losses import Layer, Losses, Part

NAMES = {
    "features": "the features",
    "weights": "the weights",
    "outputs": "the layers' outputs",
    "states": "the ring buffers",
}
SMALL = 0.01  # mean distance of probabilities that a sound export has
NOISY_DB = 20.0  # below it, a tenth of a layer's output is error
OFTEN = 0.001  # share of values out of range that is no accident
_DO = {
    "features": "The device fixes how sound is rounded; training hears the same steps. Train longer, or with more "
    "copies (augmentation.copies), so that the model leans less on small differences.",
    "weights": "Some weights are far larger than the rest of their channel. Train longer, or a larger model.size: "
    "with more channels each needs less precision.",
    "outputs": "The ranges of the layers come from the sound that the export heard. Raise "
    "export.representative_steps and export anew (`wakesmith export RUN`).",
    "states": "The ring buffers hold the layers' outputs on the same steps: what helps those helps here. Raise "
    "export.representative_steps and export anew.",
}


def describe(losses: Losses) -> str:
    """Return in one or two sentences what quantisation costs."""
    ours, theirs = losses.device, losses.original
    text = f"The model on the device finds {ours.found} of {losses.clips} clips, the float model {theirs.found}"
    if losses.minutes:
        text += f"; they wake by mistake {ours.accepts} and {theirs.accepts} times in {losses.minutes:g} minutes"
    if losses.p < LEVEL:
        kind = "worse" if losses.quantised.lost > losses.quantised.gained else "better"
        return f"{text}. Quantisation makes it {kind}, and not by chance (p = {losses.p:.2g})."
    return f"{text}. So small a difference may be chance (p = {losses.p:.2g})."


def advise(losses: Losses) -> Iterator[str]:
    """Yield what to look at, the gravest first."""
    small = losses.quantised.distance <= SMALL and losses.p >= LEVEL
    if small:
        yield (
            f"Nothing needs to be done: probabilities move by {losses.quantised.distance:.4f} on average, and up to "
            f"{SMALL} is usual."
        )
    else:
        worst = worst_part(losses)
        yield (
            f"Most of it comes from rounding {NAMES[worst.name]}: alone it moves probabilities by "
            f"{worst.alone.distance:.4f}, of {losses.quantised.distance:.4f} in all; without it "
            f"{worst.without.found} clips would be found. {_DO[worst.name]}"
        )
    for layer in losses.layers:
        if not small and layer.saturated > OFTEN * layer.values:
            yield (
                f"{layer.name} is out of range in {100 * layer.saturated / layer.values:.2f} % of its values: the "
                "sound that the export heard was milder than this. Raise export.representative_steps."
            )
    weakest = min(losses.layers, key=_snr, default=None)
    if weakest is not None and weakest.snr_db < NOISY_DB:
        yield (
            f"{weakest.name} is where the error is largest: {weakest.snr_db} dB of signal to noise, of which its own "
            f"rounding would allow {weakest.own_db}."
        )
    if not losses.float_weights:
        yield (
            "The weights before rounding are unknown, so what rounding them costs cannot be told. They lie beside a "
            "model in a run's result (weights.npz, recipe.yaml)."
        )


def worst_part(losses: Losses) -> Part:
    """Return the rounding that moves probabilities most."""
    return max(losses.parts, key=lambda part: (part.alone.distance, part.name))


def _snr(layer: Layer) -> float:
    return layer.snr_db
