"""A recording of the user's: is it fit for training, and a cut of it as the device would hear it."""

from typing import Any

from trainer.cli.answers.files import write_sound
from trainer.cli.answers.params import Params, refuse
from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16
from trainer.data.decoding import CLIPPED_SHARE, LONGEST_POSITIVE_S
from trainer.data.quality import score_quality_fast

LONGEST_S = 1800.0  # of a file that is decoded at the user's wish

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
    quality = score_quality_fast(to_pcm16(read_audio(params.path("path"), LONGEST_S)))
    return {
        "seconds": quality.seconds,
        "peak_dbfs": quality.peak_dbfs,
        "noise_dbfs": quality.noise_dbfs,
        "snr_db": quality.snr_db,
        "clipped": quality.clipped > CLIPPED_SHARE,
        "speech": list(quality.speech_s) if quality.speech_s else None,
        "problems": [{"code": code, "message": _ADVICE[code]} for code in quality.problems if code in _ADVICE],
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
