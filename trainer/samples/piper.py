"""Piper: VITS voices. Random numbers shape every call, so that no two clips are the same."""

import json
import unicodedata

import numpy as np

from trainer.core.audio import Samples
from trainer.errors import VoiceError
from trainer.phrase.notation import phonetic
from trainer.phrase.substitutes import learnt_letters, substitute
from trainer.samples.checks import sayable
from trainer.samples.resampling import to_device_rate
from trainer.samples.sessions import open_session
from trainer.samples.utterances import Utterance
from trainer.samples.voices import Voice

_BEGIN, _END, _PAD = "^", "$", "_"


class PiperEngine:
    """One Piper model in one session.

    The model holds random nodes whose state belongs to the session: the same seed and the same calls in the same
    order give the same samples.
    """

    def __init__(self, voice: Voice, seed: int) -> None:
        try:
            config = json.loads(voice.path.with_name(voice.path.name + ".json").read_text(encoding="utf-8"))
            self._ids: dict[str, list[int]] = config["phoneme_id_map"]
            self._rate = int(config["audio"]["sample_rate"])
            self._session = open_session(voice.path, seed)
        except Exception as error:  # onnxruntime's exceptions share no base of their own
            raise VoiceError(
                f"the voice {voice.name} cannot be loaded from {voice.path}: {error}",
                hint="Delete the file and get the voice again.",
                code="bad_voice",
            ) from error

    def speak(self, utterance: Utterance, voice: Voice) -> Samples:
        """Return the utterance as float32 [n] at 16 kHz.

        Raises:
            AudioError: `unsayable`.
        """
        ids = [*self._ids[_BEGIN], *self._ids[_PAD]]
        for symbol in sayable(unicodedata.normalize("NFD", learnt_ipa(utterance, voice)), self._ids):
            ids += [*self._ids[symbol], *self._ids[_PAD]]
        ids += self._ids[_END]
        length = utterance.tract / utterance.tempo
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([utterance.variation, length, utterance.rhythm], np.float32),
        }
        if voice.speaker is not None:
            inputs["sid"] = np.array([voice.speaker], np.int64)
        samples: Samples = self._session.run(None, inputs)[0].ravel()
        return to_device_rate(samples, self._rate, utterance.tract)


def learnt_ipa(utterance: Utterance, voice: Voice) -> str:
    """Return what is said in the letters that the voice's language taught it.

    A model has a number for every letter of the IPA, but those that it met in no training sound like nothing at all.
    """
    ipa = utterance.ipa
    if utterance.language.partition("-")[0] != voice.language.partition("-")[0]:
        ipa = phonetic(ipa, utterance.language)
    known = learnt_letters(voice.language)
    return substitute(ipa, known) if known else ipa
