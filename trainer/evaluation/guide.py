"""The metric guide: what each figure of a report means, and what is good (U5)."""

GUIDE: tuple[tuple[str, str, str], ...] = (
    (
        "Heard (recall)",
        "Share of recordings of the phrase that wake the device, mean over the stride phases.",
        "above 95 % in a quiet room, above 85 % in noise",
    ),
    (
        "95 % interval",
        "Where the true share lies, as far as so many recordings can tell (Wilson). Few recordings: a wide interval.",
        "its lower end decides",
    ),
    (
        "Wakes by mistake an hour",
        "False accepts in continuous sound that does not hold the phrase, in the worst stride phase.",
        "below 0.5; below 0.1 is strict",
    ),
    (
        "At most (95 % sure)",
        "Upper bound of that rate (Poisson, Garwood). Nothing heard in H hours only says less than 3 / H an hour.",
        "below the target",
    ),
    ("Near misses accepted", "Share of phrases that sound much like it and wake the device.", "below 3 %"),
    (
        "Cutoff and window",
        "The device wakes when the mean of the last probabilities is above the cutoff, on a scale of 0 to 255.",
        "a higher cutoff is stricter",
    ),
    (
        "Stride phase",
        "The model runs once in several slices of 10 ms; with which slice it begins is chance, so all are measured.",
        "the worst is close to the mean",
    ),
    (
        "Precision, F1",
        "Of clips and 2 s pieces that wake it, how many hold the phrase; F1 joins it with recall.",
        "F1 above 90 %",
    ),
    (
        "ROC-AUC, partial AUC",
        "How well scores separate the phrase from the rest, whatever the cutoff.",
        "above 0.999",
    ),
    ("Equal error rate", "Share of errors at the score where both kinds are as frequent.", "below 1 %"),
    (
        "Heard in quiet, missed in noise",
        "Too little noise in training.",
        "more noise recordings, a higher share of noise",
    ),
    ("One voice is missed", "Its accent or pitch is missing in training.", "more voices, recordings of your own"),
    ("Wakes by one other word", "A near miss that was not trained.", "add recordings of it as negatives"),
)
