"""Manifests of the splits (D8): one JSON file each for training, validation and test."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from trainer.core.clips import Clip, ClipKind, Split
from trainer.core.folders import write_whole


def write_split_manifests(folder: Path, clips: Sequence[Clip]) -> dict[Split, Path]:
    """Write `train.json`, `validation.json` and `test.json`, and return their paths.

    Every entry is the clip with its `row` in the audio store and its `label`: 1 for the phrase, else 0. The device
    knows one class, so all phrases of a run share label 1.
    """
    paths = {}
    for split in Split:
        rows = [
            {"row": row, "label": int(clip.kind is ClipKind.POSITIVE), **asdict(clip)}
            for row, clip in enumerate(clips)
            if clip.split is split
        ]
        seconds = round(sum(clip.seconds for clip in clips if clip.split is split), 2)
        paths[split] = folder / f"{split}.json"
        text = json.dumps({"split": split, "seconds": seconds, "clips": rows}, indent=1, ensure_ascii=False)
        write_whole(paths[split], text + "\n")
    return paths
