"""What is asked of a voice: one utterance, and the shard of utterances that one worker speaks in one go."""

from dataclasses import dataclass

from trainer.core.clips import ClipKind, Split
from trainer.samples.voices import EngineName, Voice


@dataclass(frozen=True)
class Utterance:
    """One clip to be spoken. Nothing but this shapes it, save the shard's seed for voices that draw random numbers.

    Attributes:
        kind: what the clip is to training.
        split: which part of the work may see it.
        text: what is said, for people.
        ipa: what is said, for the voice, with the punctuation that shapes its melody.
        language: espeak-ng voice that `ipa` comes from, such as "en-us".
        voices: names of one voice, or of the two that are mixed.
        timbre: share of the second voice in how the mixture sounds, 0..1.
        prosody: share of the second voice in how the mixture times and intones, 0..1.
        tempo: speaking rate, 1 is the voice's own.
        tract: factor on pitch and formants together; the tempo is not changed by it.
        variation: how far the voice strays from its mean: Piper's noise scale, Kokoro's shift of the style row
            in tokens divided by 10.
        rhythm: how far Piper's durations stray, its noise width.
        pauses: seconds of silence after every word but the last; none where all is said in a breath.
    """

    kind: ClipKind
    split: Split
    text: str
    ipa: str
    language: str
    voices: tuple[str, ...]
    timbre: float = 0.0
    prosody: float = 0.0
    tempo: float = 1.0
    tract: float = 1.0
    variation: float = 0.667
    rhythm: float = 0.8
    pauses: tuple[float, ...] = ()

    @property
    def speaker(self) -> str:
        """The speaker's name: a name space, then every voice in it: "kokoro:af_heart+bm_lewis"."""
        space, _, first = self.voices[0].partition(":")
        return f"{space}:" + "+".join([first, *(name.partition(":")[2] for name in self.voices[1:])])

    @property
    def settings(self) -> str:
        """How it was spoken, for people who look for a clip's origin."""
        mixture = f" timbre {self.timbre:.2f} prosody {self.prosody:.2f}" if len(self.voices) > 1 else ""
        pauses = f" pauses {' '.join(f'{seconds:.2f}' for seconds in self.pauses)}" if self.pauses else ""
        return f"{self.speaker}{mixture} tempo {self.tempo:.2f} tract {self.tract:.2f}{pauses} [{self.ipa}]"


@dataclass(frozen=True)
class Shard:
    """Utterances of one engine that are spoken in this order by one worker.

    Attributes:
        engine: that speaks them.
        key: fingerprint of the utterances, the seed and the voices' files: the name of its result in the cache.
        seed: of the engine's random numbers. They depend on the order within the shard and on nothing else, so that
            the same shard has the same samples whatever else is spoken, and on however many workers.
        voices: that its utterances name.
        utterances: in order.
    """

    engine: EngineName
    key: str
    seed: int
    voices: tuple[Voice, ...]
    utterances: tuple[Utterance, ...]
