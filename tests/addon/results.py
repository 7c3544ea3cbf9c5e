"""What a finished training leaves, without a training."""

import json
from pathlib import Path


def result_folder(folder: Path, word: str = "hey_jarvis", phrase: str = "hey jarvis", low: float = 0.9) -> Path:
    """A finished job's result, as the trainer writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{word}_v1"
    (folder / f"{name}.tflite").write_bytes(b"TFL3" * 1000)
    micro = {
        "probability_cutoff": 0.85,
        "sliding_window_size": 5,
        "feature_step_size": 10,
        "tensor_arena_size": 30000,
    }
    manifest = {"type": "micro", "wake_word": phrase, "model": f"{name}.tflite", "trained_languages": ["en"]}
    (folder / f"{name}.json").write_text(json.dumps(manifest | {"micro": micro, "version": 2}))
    recall = {"value": 0.97, "low": low, "high": 0.99}
    report = {
        "model": {"name": f"{name}.tflite", "cutoff": 216},
        "conditions": [{"name": "clean", "recall": recall}],
        "false_accepts": {"value": 0.0, "bound": 0.3},
        "provenance": {"pronunciations": ["hˈeɪ dʒˈɑːvɪs", "hˈeɪ dʒˈɑːɹvɪs"]},
    }
    (folder / "report.json").write_text(json.dumps(report))
    (folder / "report.html").write_text("<!doctype html><title>report</title>")
    (folder / "fingerprint").write_text("f")
    return folder
