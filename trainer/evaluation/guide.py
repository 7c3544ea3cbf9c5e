"""The metric guide: what each figure means, what is good, and what to do where it is bad (U5).

The one place where it is written: the report prints it, and `script/document` brings it into the panel's English
catalogue as `guide.ID.*`, whose other languages translate it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One figure.

    Attributes:
        id: its key. name, meaning, good, remedy: for people.
        shown: what it is called where it is shown: headings of the report and the card, keys of the panel's texts,
            and `mqtt:` keys of the messages.
    """

    id: str
    name: str
    meaning: str
    good: str
    remedy: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """A way to fail, what it comes from, and what to do."""

    id: str
    name: str
    cause: str
    remedy: str


# fmt: off
GUIDE: tuple[Entry, ...] = (
    Entry("recall", "Heard (recall)",
          "Share of recordings of the phrase that wake the device, mean over the stride phases.",
          "above 95 % in a quiet room, so a false negative rate below 5 %; above 85 % in noise",
          "More voices and recordings of your own, a longer training, or a more sensitive cutoff.",
          ("Heard", "Hears you", "Recall", "Found", "Clips", "mqtt:recall", "facts.heard", "report.heard",
           "sensitivity.hears")),
    Entry("interval", "95 % interval",
          "Where the true share lies, as far as so many recordings can tell (Wilson). Few recordings: a wide one.",
          "its lower end is good enough",
          "Measure with more recordings of the phrase.",
          ("95 % interval", "mqtt:recall_low", "report.interval")),
    Entry("false_accepts", "Wakes by mistake an hour",
          "False accepts in continuous sound that does not hold the phrase, in the worst stride phase.",
          "below 0.5; below 0.1 is strict",
          "Recordings of what wakes it as negatives, or a stricter cutoff.",
          ("Wakes by mistake", "Wakes by mistake an hour", "False accepts an hour", "An hour", "Woke",
           "facts.mistakes", "report.woke", "sensitivity.often")),
    Entry("bound", "At most (95 % sure)",
          "Upper bound of that rate (Poisson, Garwood). Nothing heard in H hours only says less than 3 / H an hour.",
          "below the target",
          "Measure on more hours of other sound: speech, music, television.",
          ("At most (95 % sure)", "By mistake an hour, at most", "Its target", "Length", "mqtt:false_accepts_high",
           "report.bound", "report.length", "sensitivity.proven")),
    Entry("false_positives", "False positive rate",
          "Share of near misses and of two-second pieces of other sound that wake it.",
          "below 0.5 %",
          "More near misses and other speech in training, or a stricter cutoff.",
          ("False positive rate",)),
    Entry("false_negatives", "False negative rate",
          "Share of recordings of the phrase that it misses: what is left of recall.",
          "below 5 %",
          "As for recall.",
          ("False negative rate",)),
    Entry("near_misses", "Near misses accepted",
          "Share of phrases that sound much like it and wake the device.",
          "below 3 %",
          "More near misses in training (samples.near_misses), recordings of the word as negatives, a longer phrase.",
          ("Near misses accepted", "Near misses", "report.near")),
    Entry("cutoff", "Cutoff and window",
          "The device wakes when the mean of the last probabilities is above the cutoff, on a scale of 0 to 255.",
          "a higher cutoff is stricter",
          "Choose another sensitivity; no training is needed.",
          ("Cutoff", "Sensitivity", "Rule", "sensitivity.cutoff", "report.now")),
    Entry("phase", "Stride phase",
          "The model runs once in several slices of 10 ms; with which it begins is chance, so all are measured.",
          "the worst is close to the mean",
          "A longer training; a wide gap means that it hangs on single moments of the sound.",
          ("Recall in the worst stride phase", "Stride phases", "At")),
    Entry("silence", "Recall without false accepts",
          "What is heard at the lowest cutoff at which none of the other sound wakes it.",
          "close to recall",
          "Look at what woke it last; recordings of it as negatives help most.",
          ("Recall at the lowest cutoff without false accepts",)),
    Entry("f1", "Precision, F1, accuracy",
          "Of clips and two-second pieces that wake it, how many hold the phrase (precision); F1 joins it with "
          "recall; accuracy is the share of all that is judged rightly.",
          "F1 above 90 %",
          "Low precision: it wakes by mistake. Low recall: it misses you. See there.",
          ("Precision, clip by clip", "F1", "Accuracy")),
    Entry("ranking", "ROC-AUC, partial AUC",
          "How well scores separate the phrase from the rest, whatever the cutoff.",
          "above 0.999",
          "No cutoff can mend it: train longer, or with more and more varied recordings.",
          ("ROC-AUC", "Partial AUC to 10 % and 5 % of negatives", "report.curve")),
    Entry("eer", "Equal error rate",
          "Share of errors at the score where both kinds are as frequent.",
          "below 1 %",
          "As for ROC-AUC.",
          ("Equal error rate",)),
    Entry("scores", "Scores",
          "The highest mean of the window that each recording reaches, 0 to 255.",
          "the phrase far to the right, everything else far to the left",
          "Where both meet, listen to those recordings: often they are cut off, or hold another word.",
          ("Scores", "report.scores", "report.score", "report.phrase", "report.other")),
    Entry("latency", "Answers after",
          "Time from the end of the word to the detection; below zero it woke before the word was over.",
          "half of them below 0.3 s",
          "A smaller window answers sooner. Much below zero: it knows the beginning of the word alone.",
          ("Answers after", "facts.soon", "report.latency", "report.delay", "report.detections")),
    Entry("change", "Change from quiet",
          "How much more or less of the same recordings is heard in a condition than in a quiet room, in points of a "
          "hundred. Where its interval includes 0, chance may explain it.",
          "above -10 points at noise of 10 dB",
          "Train with more of that condition: noise, rooms, a wider range of levels.",
          ("Change from quiet", "Disturbed", "report.conditions")),
    Entry("groups", "By voice, by sound",
          "The same figures for each voice, language, pitch and length, and for each folder of other sound.",
          "none far below the others, beyond its interval",
          "Recordings of those who are heard least.",
          ("report.voices", "report.sounds", "report.sound")),
    Entry("training", "Loss and validation recall",
          "The loss, and the share of held-back voices that is found at the target rate, as training goes on.",
          "the loss falls and the recall rises, and both level off",
          "Still rising at the end: train longer. Falling again: more varied recordings.",
          ("Training",)),
    Entry("arena", "Arena",
          "Memory that the device needs for the model.",
          "below 60,000 bytes; an ESP32-S3 with PSRAM has room for more",
          "A smaller model.size.",
          ("Arena",)),
)
PATTERNS: tuple[Pattern, ...] = (
    Pattern("noise", "Heard in quiet, missed in noise", "Too little noise in training.",
            "Add noise recordings, and raise the share of noise (augmentation.noise)."),
    Pattern("far", "Heard near, missed from across the room", "Too few rooms and low levels in training.",
            "Add room recordings; widen augmentation.gain_db downwards."),
    Pattern("voice", "One voice is missed", "Its accent or pitch is missing in training.",
            "More voices, and a few recordings of that person."),
    Pattern("word", "Wakes by one other word", "A near miss that was not trained.",
            "Add recordings of it as negatives."),
    Pattern("speech", "Wakes amid conversation or television", "Too little other speech in training.",
            "Add hours of speech as negatives, or choose a stricter cutoff."),
    Pattern("music", "Wakes by music or noises", "That kind of sound is missing in training.",
            "Add recordings of it with --music or --noise."),
    Pattern("early", "Wakes before the word is over", "It knows the beginning of the word alone.",
            "Add words that begin alike as near misses."),
    Pattern("twice", "Good on synthetic voices, poor on people", "People speak less clearly than voices do.",
            "Twenty recordings of those who live here change most."),
    Pattern("device", "Good in the report, poor on the device", "Another microphone, room or level.",
            "Record on the device, measure with those recordings, and train with them."),
)
# fmt: on
