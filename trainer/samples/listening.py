"""A dozen clips to listen to (D14): as varied as they come."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from trainer.core.audio import write_wav
from trainer.core.clips import Clip, ClipKind
from trainer.core.ragged import RaggedStore
from trainer.events import Report, Sample

CHOSEN = {ClipKind.POSITIVE: 7, ClipKind.NEAR_MISS: 3, ClipKind.SPEECH: 2}


def write_listening(folder: Path, clips: Sequence[Clip], report: Report) -> None:
    """Write `listen/*.wav` of clips spread over all speakers, and report them as paths from the job's folder."""
    audio: RaggedStore[np.int16] = RaggedStore(folder / "audio")
    stage = folder.name.removesuffix(".partial")
    for kind, count in CHOSEN.items():
        rows = sorted((i for i, clip in enumerate(clips) if clip.kind is kind), key=lambda i: clips[i].speaker)
        for number, place in enumerate(np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int), 1):
            clip = clips[rows[place]]
            name = f"{kind.value}_{number}.wav"
            write_wav(folder / "listen" / name, np.asarray(audio[rows[place]]))
            report(Sample(f"{stage}/listen/{name}", f"{clip.text} ({clip.speaker})"))
