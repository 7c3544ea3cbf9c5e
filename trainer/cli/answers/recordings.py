"""A recording of the user's: is it fit for training, and a cut of it as the device would hear it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.cli.answers.files import write_sound
from trainer.cli.answers.params import Params, refuse
from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16
from trainer.data.analyse import QUIET_DBFS
from trainer.data.decoding import CLIPPED_SHARE, FULL_SCALE, LONGEST_POSITIVE_S, SILENT_DBFS
from trainer.data.speech import levels, speech_span

LONGEST_S = 1800.0  # of a file that is decoded at the user's wish
NOISY_DB = 10.0  # speech over background: below that the noise is as much of the clip as the voice
LEAST_SPEECH_S = 0.25  # one quick syllable
EDGE_S = 0.03  # speech that begins or ends nearer to the file's ends was cut into
_NOISE, _LOUD = 10, 95  # percentiles of the 10 ms levels, as in `data/speech.py`
_STANDS_OUT_DB = 6.0  # below that there is no speech to be told from the background

_ADVICE = {
    "silent": "Nothing can be heard. Is the microphone on?",
    "too_short": "There is too little sound for a phrase. Record again, and say it whole.",
    "too_long": f"More than {LONGEST_POSITIVE_S:.0f} s of sound. Keep the part that holds the phrase once.",
    "clipped": "The sound is distorted, because it is too loud. Speak more softly, or further away.",
    "quiet": "It is very quiet. Come nearer, or turn the microphone up.",
    "noisy": "The background is almost as loud as the voice. Record again where it is quieter.",
    "cut_start": "The beginning seems to be cut off. Wait for the signal before you speak.",
    "cut_end": "The end seems to be cut off. Wait a moment after the phrase.",
}


def inspect(params: Params) -> dict[str, Any]:
    """Answer `inspect`: what the training would make of a recording of the phrase, and what to do about it."""
    pcm = to_pcm16(read_audio(params.path("path"), LONGEST_S))
    level = levels(pcm)
    noise, loud = (float(np.percentile(level, p)) if level.size else -100.0 for p in (_NOISE, _LOUD))
    peak = int(np.abs(pcm.astype(np.int32)).max(initial=0))
    clipped = float(np.mean(np.abs(pcm.astype(np.int32)) >= FULL_SCALE)) > CLIPPED_SHARE
    silent = not level.size or float(level.max()) < SILENT_DBFS
    begin, end = speech_span(pcm)
    speech = None if silent else [round(begin / SAMPLE_RATE, 3), round(end / SAMPLE_RATE, 3)]
    found = ["silent"] if silent else _problems(pcm, begin, end, loud, loud - noise, clipped)
    return {
        "seconds": round(len(pcm) / SAMPLE_RATE, 3),
        "peak_dbfs": round(20 * float(np.log10(peak / 32768)), 1) if peak else -100.0,
        "noise_dbfs": round(noise, 1),
        "snr_db": None if silent else round(loud - noise, 1),
        "clipped": clipped,
        "speech": speech,
        "problems": [{"code": code, "message": _ADVICE[code]} for code in found],
    }


def decode(params: Params) -> dict[str, Any]:
    """Answer `decode`: a file of any format, or a part of it, as 16 kHz mono WAV."""
    path, target = params.path("path"), params.path("to")
    samples = read_audio(path, LONGEST_S)
    seconds = len(samples) / SAMPLE_RATE
    first, last = params.number("begin_s"), params.number("end_s")
    begin, end = 0.0 if first is None else first, seconds if last is None else min(last, seconds)
    if not 0 <= begin < end:
        raise refuse("begin_s, end_s", f"a part of the {seconds:.2f} s", f"{begin:g} to {end:g}")
    part = samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    write_sound(target, part)
    return {"seconds": round(len(part) / SAMPLE_RATE, 3)}


def _problems(pcm: NDArray[np.int16], begin: int, end: int, loud: float, snr_db: float, clipped: bool) -> list[str]:
    """Return what is wrong with a recording that is not silent, the gravest first."""
    seconds, edge = (end - begin) / SAMPLE_RATE, EDGE_S * SAMPLE_RATE
    heard = snr_db >= _STANDS_OUT_DB
    checks = {
        "too_short": seconds < LEAST_SPEECH_S,
        "too_long": seconds > LONGEST_POSITIVE_S,
        "clipped": clipped,
        "quiet": loud < QUIET_DBFS,
        "noisy": snr_db < NOISY_DB,
        "cut_start": heard and begin < edge,
        "cut_end": heard and len(pcm) - end < edge,
    }
    return [code for code, wrong in checks.items() if wrong]
