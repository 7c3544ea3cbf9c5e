"""gap.html: the losses of quantisation on one page."""

from collections.abc import Iterator
from html import escape

from trainer.evaluation.pages import bar, fill_page, section, table
from trainer.export.advice import NAMES, advise, describe
from trainer.export.losses import Effect, Losses

_HEAD = ("", "", "Moves probabilities by", "Found", "Lost", "Gained", "Wakes by mistake", "Score of the phrase")
_ABOUT = (
    "Each row computes the model once more. Found, lost and gained are clips, beside the float model; the score is "
    "the highest mean of the window, 0 to 255; the distance is the mean of all steps, 0 to 1."
)
_LAYERS = (
    "Signal to noise is that of the layer's output with all errors before it; its own rounding, what it would be "
    "without those. Out of range are values that its numbers cannot hold. The last columns round this layer alone."
)


def render_losses(losses: Losses) -> str:
    """Return the page."""
    title = f"{losses.model}: what quantisation costs"
    return fill_page(title, "Quantisation", losses.model, describe(losses), _body(losses))


def _body(losses: Losses) -> Iterator[str]:
    items = "".join(f"<li>{escape(line)}</li>" for line in advise(losses))
    yield f'<section class="warnings"><h2>What to do</h2><ul>{items}</ul></section>'
    most = max([losses.quantised.distance, *(part.alone.distance for part in losses.parts)], default=0.0) or 1.0
    rows = [_row("The float model", losses.original, most)]
    rows += [_row(f"Only {NAMES[part.name]} rounded", part.alone, most) for part in losses.parts]
    rows += [_row(f"All but {NAMES[part.name]} rounded", part.without, most) for part in losses.parts]
    rows += [_row("Everything rounded", losses.quantised, most), _row("On the device", losses.device, most)]
    yield section("Which rounding costs what", table(_HEAD, rows, [False] * (len(rows) - 1) + [True]), _ABOUT)
    largest = max((layer.alone.distance for layer in losses.layers), default=0.0) or 1.0
    layers = [
        (
            layer.name,
            f"{layer.snr_db} dB",
            f"{layer.own_db} dB",
            f"{layer.saturated:,} of {layer.values:,}",
            bar(layer.alone.distance / largest),
            f"{layer.alone.distance:.5f}",
            str(layer.alone.found),
            str(layer.alone.accepts),
        )
        for layer in losses.layers
    ]
    head = ("Layer", "Signal to noise", "Its own rounding", "Out of range", "", "Moves by", "Found", "By mistake")
    yield section("Layer by layer", table(head, layers), _LAYERS)
    facts = [
        ("Clips of the phrase", str(losses.clips)),
        ("Other sound", f"{losses.minutes:g} minutes"),
        ("Rule", f"cutoff {losses.cutoff} of 255, window {losses.window}, stride phase 0"),
        ("Weights before rounding", "known" if losses.float_weights else "unknown: taken as they are in the file"),
        ("Left out", str(len(losses.rejections))),
    ]
    yield section("Measured on", table(("", ""), facts))


def _row(name: str, effect: Effect, most: float) -> tuple[str, ...]:
    counts = (effect.found, effect.lost, effect.gained, effect.accepts)
    return (
        name,
        bar(effect.distance / most),
        f"{effect.distance:.5f}",
        *map(str, counts),
        f"{effect.score:.1f}",
    )
