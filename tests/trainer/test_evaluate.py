"""Whole evaluations on small folders, with an official model; and, where they are, on the development recordings."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trainer.core.audio import Samples, write_wav
from trainer.errors import DataError, ModelError
from trainer.evaluation.device import Twin
from trainer.evaluation.evaluate import evaluate_folders, list_recordings
from trainer.evaluation.placing import LEAD_S, place, quiet_features, speech_end
from trainer.evaluation.results import Evaluation, read_evaluation, write_evaluation
from trainer.evaluation.scoring import Recording, Rule, StreamTask, score_stream
from trainer.events import discard

MODEL = Path(pytest.importorskip("pymicro_wakeword").__file__).parent / "models" / "alexa.tflite"
RATE = 16_000


def tone(seconds: float, hertz: float = 440.0) -> Samples:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def evaluate(positives: list[Path], negatives: list[Path], conditions: tuple[str, ...] = ()) -> Evaluation:
    with ThreadPoolExecutor(2) as executor:
        return evaluate_folders(MODEL, None, positives, negatives, conditions, executor, discard)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for i in range(3):
        write_wav(tmp_path / "said" / "anna" / f"{i}.wav", tone(0.6, 300 + 100 * i))
    write_wav(tmp_path / "said" / "ben" / "0.wav", tone(0.6, 900))
    (tmp_path / "said" / "liar.wav").write_text("I am not sound")
    (tmp_path / "said" / "notes.txt").write_text("beside the recordings")
    for i in range(4):
        write_wav(tmp_path / "other" / "music" / f"{i}.wav", tone(5.0, 200 + 50 * i))
    write_wav(tmp_path / "other" / "hum.wav", tone(3.0, 50))
    (tmp_path / "other" / "empty.wav").touch()
    return tmp_path / "said", tmp_path / "other"


def test_folders_are_measured_and_nothing_is_lost_silently(folders: tuple[Path, Path], tmp_path: Path) -> None:
    found = evaluate([folders[0]], [folders[1]], ("noise_10db",))
    assert [c.name for c in found.conditions] == ["clean", "noise_10db"]
    assert {g.name: g.recall.total for g in found.groups} == {"said/anna": 3, "said/ben": 1}
    assert {s.name: s.files for s in found.sources} == {"other": 1, "other/music": 4}
    assert found.false_accepts.hours == pytest.approx(23 / 3600)
    assert found.false_accepts.count == 0
    assert {(Path(r.origin).name, r.reason) for r in found.rejections} == {
        ("liar.wav", "not_audio"),
        ("empty.wav", "zero_length"),
    }
    assert found.model.cutoff == int(0.9 * 255)
    assert found.model.phrase == "Alexa"
    assert any("23 seconds of other sound say nothing" in c.message for c in found.cautions)
    write_evaluation(tmp_path / "report.json", found)
    assert read_evaluation(tmp_path / "report.json") == found
    assert json.loads((tmp_path / "report.json").read_text())["version"] == 1


def test_broken_and_doubled_recordings_become_no_figures(tmp_path: Path) -> None:
    said, other = tmp_path / "said", tmp_path / "other"
    write_wav(said / "good.wav", tone(0.6))
    write_wav(said / "copy.wav", tone(0.6))
    write_wav(said / "short.wav", tone(0.05))
    write_wav(said / "blip.wav", tone(0.1, 700))
    write_wav(said / "silent.wav", np.zeros(RATE, np.float32))
    write_wav(said / "cut.wav", tone(1.5, 500))
    (said / "cut.wav").write_bytes((said / "cut.wav").read_bytes()[:16_000])
    write_wav(other / "hum.wav", tone(3.0, 50))
    write_wav(other / "again.wav", tone(3.0, 50))
    write_wav(other / "silent.wav", np.zeros(RATE, np.float32))
    found = evaluate([said], [other])
    assert found.clean is not None
    assert found.clean.recall.total == 1
    assert found.false_accepts.hours == pytest.approx(3 / 3600)
    assert {(Path(r.origin).name, r.reason) for r in found.rejections} == {
        ("good.wav", "duplicate"),  # copy.wav stands before it
        ("short.wav", "too_short"),
        ("blip.wav", "too_short"),
        ("silent.wav", "silent"),
        ("cut.wav", "cut_off"),
        ("hum.wav", "duplicate"),
    }
    assert any("2 too_short" in c.message and "2 duplicate" in c.message for c in found.cautions)


def test_nothing_usable_is_an_error_and_says_why(tmp_path: Path) -> None:
    write_wav(tmp_path / "said" / "silent.wav", np.zeros(RATE, np.float32))
    with pytest.raises(DataError, match="none of the 1 recordings of the phrase can be used: 1 silent") as caught:
        evaluate([tmp_path / "said"], [])
    assert caught.value.exit_code == 4
    write_wav(tmp_path / "other" / "hum.wav", tone(3.0, 50))
    with pytest.raises(DataError, match="of the phrase can be used: 1 silent"):
        evaluate([tmp_path / "said"], [tmp_path / "other"])  # the other sound does not hide it
    with pytest.raises(DataError, match="of other sound can be used: 1 silent"):
        evaluate([tmp_path / "other"], [tmp_path / "said"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no recordings of the phrase were found in .*empty"):
        evaluate([tmp_path / "empty"], [tmp_path / "other"])


def test_a_moment_of_other_sound_is_called_too_little(folders: tuple[Path, Path]) -> None:
    told = " ".join(c.message for c in evaluate([], [folders[1]]).cautions)
    assert "say nothing of how often the device wakes by mistake" in told
    assert "fewer than" not in told


def test_a_side_without_recordings_is_unknown(folders: tuple[Path, Path]) -> None:
    only_said = evaluate([folders[0]], [])
    assert only_said.false_accepts.value is None
    assert only_said.curve == ()
    only_other = evaluate([], [folders[1]])
    assert only_other.clean is None
    assert only_other.latency is None


def test_missing_folders_and_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a folder"):
        list_recordings([tmp_path / "nowhere"])
    with pytest.raises(DataError, match="no recordings"):
        evaluate([tmp_path], [])
    with ThreadPoolExecutor(1) as executor, pytest.raises(ModelError, match="cannot be read"):
        evaluate_folders(tmp_path / "none.tflite", None, [tmp_path], [], (), executor, discard)


def test_a_report_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"version": 99}')
    with pytest.raises(DataError, match="99"):
        read_evaluation(tmp_path / "report.json")
    (tmp_path / "report.json").write_text("[]")
    with pytest.raises(DataError):
        read_evaluation(tmp_path / "report.json")


def test_quiet_goes_around_clips_and_the_words_end_is_found() -> None:
    clip = np.concatenate([np.zeros(3200, np.float32), tone(0.5), np.zeros(8000, np.float32)])
    placed = place(clip, 1, "clip")
    assert len(placed) == len(clip) + 3 * RATE
    assert np.abs(placed[: round(LEAD_S * RATE)]).max() < 1e-3
    assert placed.tolist() == place(clip, 1, "clip").tolist()
    assert speech_end(clip) == pytest.approx(0.7, abs=0.02)
    assert quiet_features(2.0, 1).shape == (200, 40)


@pytest.mark.shared
def test_accepts_are_found_in_the_recording_that_caused_them(shared: Path) -> None:
    said = sorted((shared / "wake" / "alexa").glob("*.flac"))[:6]
    other = sorted((shared / "wake" / "athena").glob("*.flac"))[:6]
    pairs = [Recording(p.name, "mixed", p) for pair in zip(other, said, strict=True) for p in pair]
    heard = score_stream(StreamTask(Twin(MODEL.read_bytes()), Rule(229, 5), tuple(pairs), 1))
    woke = {recording.path for recording, _, _ in heard.accepts}
    assert woke <= set(said)
    assert len(woke) >= 4
    assert heard.counts[0, 229] == sum(phase == 0 for _, _, phase in heard.accepts)


@pytest.mark.slow
@pytest.mark.shared
def test_the_official_model_finds_what_it_is_known_to_find(shared: Path) -> None:
    """322 of 329 real recordings, and no accept on the words of the other two sets."""
    wake = shared / "wake"
    found = evaluate([wake / "alexa"], [wake / "smart_mirror", wake / "athena"])
    assert found.clean is not None
    assert found.clean.recall.total == 329
    assert 319 <= found.clean.worst.hits <= found.clean.recall.hits <= 324
    assert found.false_accepts.count == 0
    assert [r.reason for r in found.rejections] == [
        "silent"
    ] * 2  # of athena; the FLAC that libsndfile refuses are read
    assert found.latency is not None
    assert 50 <= found.latency.median_ms <= 300
