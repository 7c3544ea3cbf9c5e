"""What is said in a recording, where a text beside it or its name tells; which negatives are too near (D17)."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from trainer.core.clips import ClipKind
from trainer.data.listing import Recording
from trainer.phrase.similarity import Likeness

Judge = Callable[[Sequence[str]], list[Likeness]]
BESIDE = (".txt", ".lab")  # files that hold a recording's text, by the same name
MOST_BYTES = 2000  # of a text: more is no transcript
# Words of file names that say what the file is, not what is said in it.
_NOTES = frozenset(
    re.findall(
        r"\w+",
        "audio clip clips copy file mic negatives noise rec record recording recordings sample samples session sound "
        "speaker speech spk take test track train untitled user utt utterance voice wav",
    )
)
# Words that say that the file is not what the rest of its name says.
_DENIALS = frozenset(["not", "non", "no", "neg", "negative", "false", "near", "hard", "miss", "confusable"])
_BETWEEN = re.compile(r"[\W_]+")


def read_transcript(path: Path) -> str:
    """Return what the text beside the recording says, else what its name tells; empty where neither does."""
    for suffix in BESIDE:
        beside = path.with_suffix(suffix)
        if beside.is_file() and beside.stat().st_size <= MOST_BYTES:
            return " ".join(beside.read_text(encoding="utf-8", errors="replace").split())
    return named(path.stem)


def named(stem: str) -> str:
    """Return the words in a file's name: "alexis_03" is "alexis"; numbers, marks and "not_alexa_2" tell nothing."""
    words = [word for word in _BETWEEN.split(stem) if word]
    if any(word.lower() in _DENIALS for word in words):
        return ""
    # Two letters are a language's mark or a piece of a number; ideographs say much in one.
    said = [w for w in words if w.isalpha() and (len(w) > 2 or not w.isascii()) and w.lower() not in _NOTES]
    return " ".join(said)


def find_too_near(recordings: Iterable[Recording], judge: Judge) -> dict[Path, Likeness]:
    """Return the negatives whose transcripts are too near to the phrase."""
    said = {
        recording.path: text
        for recording in recordings
        if recording.kind in (ClipKind.NEAR_MISS, ClipKind.SPEECH) and (text := read_transcript(recording.path))
    }
    texts = list(dict.fromkeys(said.values()))
    judged = dict(zip(texts, judge(texts), strict=True)) if texts else {}
    return {path: judged[text] for path, text in said.items() if judged[text].reason}
