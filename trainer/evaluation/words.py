"""Figures in plain words: what a person wants to know, and no claim beyond the sound it was measured on."""

import math

from trainer.evaluation.measures import Difference, Hourly, Share
from trainer.evaluation.results import Evaluation, Latency

SURE = "95 % sure"
CHOSEN_ON = (
    "These figures are of the validation sets, on which cutoffs and window were chosen. The phrase stands there amid "
    "noise, echo and other speech, so fewer are heard than in a quiet room."
)
ELSEWHERE = "The sentence at the top and all other figures are of the sound named under “Measured on”."
TOO_FAST = 100.0  # a bound of more an hour says nothing, except that hardly anything was heard
CONDITIONS = {
    "clean": "Quiet room",
    "rooms": "Echoing rooms",
    "far": "From across the room",
    "telephone": "Through a telephone",
}
SOUNDS = {
    "noise": "Noise",
    "white": "Hiss",
    "brown": "Rumble",
    "hum": "Mains hum",
    "fan": "A fan",
    "clicks": "Knocks and clicks",
    "babble": "People talking",
}


def summarise(evaluation: Evaluation) -> str:
    """Return the one sentence that stands above everything else."""
    parts = [describe_recall(evaluation.clean.recall if evaluation.clean else None)]
    parts.append(describe_accepts(evaluation.false_accepts))
    text = "; ".join(parts)
    return text[0].upper() + text[1:] + "."


def describe_recall(recall: Share | None) -> str:
    """Say how often the device hears the phrase."""
    if recall is None or recall.value is None:
        return "how often it hears you is unknown"
    return f"hears you {in_hundred(recall.value)} times in 100 (at least {math.floor(recall.low * 100)}, {SURE})"


def describe_accepts(accepts: Hourly) -> str:
    """Say how often the device wakes by mistake: the upper bound, never the mere count."""
    if accepts.bound is None:
        return "how often it wakes by mistake is unknown"
    if accepts.bound > TOO_FAST:
        return "how often it wakes by mistake is unknown, for too little other sound was measured"
    if accepts.bound <= 1:
        return f"wakes by mistake less than once in {hours(1 / accepts.bound, down=True)} ({SURE})"
    return f"wakes by mistake fewer than {at_most(accepts.bound)} times an hour ({SURE})"


def describe_heard(accepts: Hourly) -> str:
    """Say what the rate of false accepts rests on."""
    if accepts.value is None:
        return "no other sound was measured"
    times = {0: "did not wake", 1: "woke once", 2: "woke twice"}.get(accepts.count, f"woke {accepts.count} times")
    return f"{times} in {hours(accepts.hours)} of other sound"


def describe_latency(latency: Latency | None) -> str:
    """Say how soon the device answers."""
    if latency is None:
        return "how soon it answers is unknown"
    about = "about " if latency.estimated else ""
    return f"answers {about}{latency.median_ms / 1000:.2f} s after the word ends"


def name_condition(name: str) -> str:
    """Return a condition's name for people."""
    kind, _, value = name.partition("_")
    amount = value.removesuffix("db").removesuffix("pc").removesuffix("st")
    if name == "noise_0db":
        return "Noise as loud as the voice"
    if kind in SOUNDS:
        return f"{SOUNDS[kind]}, {amount} dB below the voice"
    if kind == "level":
        return f"Quiet voice, {amount} dB"
    if kind == "clipped":
        return f"Overdriven by {amount} dB"
    if kind == "speed":
        return f"Spoken at {amount} % of the speed"
    if kind == "pitch":
        return f"Voice {amount.lstrip('-')} semitones {'lower' if amount.startswith('-') else 'higher'}"
    return CONDITIONS.get(name, name.replace("_", " "))


def in_hundred(value: float) -> str:
    """Return a share as a count of 100, rounded down where rounding up would claim perfection."""
    count = math.floor(value * 100 + 0.5)
    return str(99 if count == 100 and value < 1 else count)


def percent(value: float | None) -> str:
    """Return a share in percent, or that it is unknown."""
    return "unknown" if value is None else f"{100 * value:.1f} %"


def interval(share: Share) -> str:
    """Return a share's interval in percent."""
    return f"{100 * share.low:.1f} to {100 * share.high:.1f} %" if share.total else "unknown"


def difference(found: Difference) -> str:
    """Return a difference of shares in percentage points, with its interval."""
    if found.value is None:
        return "unknown"
    return f"{100 * found.value:+.1f} points ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def rate(value: float | None) -> str:
    """Return a rate an hour, or that it is unknown."""
    if value is not None and value > TOO_FAST:
        return "too little sound"
    return "unknown" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def hours(value: float, down: bool = False) -> str:
    """Return hours or minutes for people; `down` rounds down, where more would be a false promise."""
    if value < 1 / 60:
        return f"{math.floor(value * 3600)} seconds"
    if value < 1:
        minutes = math.floor(value * 60) if down else round(value * 60)
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    shown = math.floor(value * 10) / 10 if down and value < 10 else math.floor(value) if down else round(value, 1)
    return "1 hour" if shown == 1 else f"{shown:g} hours"


def at_most(value: float | None) -> str:
    """Return an upper bound an hour: to two digits, rounded up, so that it still holds, and the same everywhere."""
    if value is None or value > TOO_FAST:
        return rate(value)
    digits = 2 if value < 1 else 1 if value < 10 else 0
    return f"{math.ceil(value * 10**digits) / 10**digits:g}"
