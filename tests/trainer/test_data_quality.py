"""What is said of single recordings and of many, and what becomes of long ones."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.cli.command import main
from trainer.core.audio import SAMPLE_RATE, read_audio, to_pcm16, write_wav
from trainer.data.alignment import align, describe, gather, stand_out
from trainer.data.quality import PROBLEMS, rate, score_quality_fast
from trainer.data.takes import MARGIN_S, find_takes


def noise(seconds, level=0.0005, seed=1):
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def take(seconds=0.6, level=0.1, seed=2):
    return np.concatenate([noise(0.5), noise(seconds, level, seed), noise(0.5, seed=3)])


def test_a_good_recording_has_no_problems():
    quality = score_quality_fast(to_pcm16(take()), (6, 7))
    assert (quality.problems, quality.score) == ((), 1.0)
    assert quality.speech_s == pytest.approx((0.5, 1.1), abs=0.03)
    assert quality.snr_db == pytest.approx(46, abs=2)
    assert quality.bandwidth_hz > 7500


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (noise(1, 1e-5), "silent"),
        (take(0.1), "too_short"),
        (take(11), "too_long"),
        (take(level=3.0), "clipped"),
        (take(4), "too_slow"),
        (take(level=0.002), "quiet"),
        (take(level=0.001), "noisy"),
        (take()[9000:], "cut_start"),
        (take()[:-9000], "cut_end"),
        (take() + 0.1, "offset"),
        (np.concatenate([noise(4), take()]), "long_silence"),
        (np.concatenate([noise(0.5, 1e-6), 0.3 * np.sin(np.arange(9600) / 8), noise(0.5, 1e-6)]), "narrow"),
    ],
)
def test_each_problem_is_named(sound, code):
    quality = score_quality_fast(to_pcm16(sound.astype(np.float32)), (6, 7))
    assert code in quality.problems
    assert quality.score == rate(quality.problems) <= round(1 - PROBLEMS[code], 2)


def test_a_clip_aligns_with_itself_at_another_tempo_better_than_with_another():
    pieces = [noise(0.12, 0.1, seed) for seed in range(5)]
    hum = [
        np.convolve(p, np.sin(np.arange(40) * w)).astype(np.float32)
        for p, w in zip(pieces, (0.1, 0.9, 0.3, 1.5, 0.5), strict=True)
    ]
    said = describe(to_pcm16(np.concatenate(hum)))
    slower = describe(to_pcm16(np.concatenate([np.tile(h, 2)[: len(h) * 3 // 2] for h in hum])))
    other = describe(to_pcm16(np.concatenate(hum[::-1])))
    same, slow, backwards = align(said, gather([said, slower, other], ["a", "b", "c"]))
    assert same == pytest.approx(0, abs=0.05)
    assert same < slow < 0.8 * backwards


def test_who_stands_out():
    values = np.array([7.0, 7.2, 6.9, 7.1, 7.3, 6.8, 7.0, 12.0, np.nan])
    assert np.flatnonzero(stand_out(values)).tolist() == [7]
    assert not stand_out(values[-4:]).any()


def test_takes_are_found_wherever_they_lie():
    silence = noise(8)
    pcm = to_pcm16(
        np.concatenate([silence, noise(0.5, 0.1), silence, noise(0.02, 0.1), silence, noise(0.7, 0.05), silence])
    )
    (a, b), (c, d) = find_takes(pcm)  # the knock between them is none
    assert np.array([a, b, c, d]) / SAMPLE_RATE == pytest.approx(
        [8 - MARGIN_S, 8.5 + MARGIN_S, 24.52 - MARGIN_S, 25.22 + MARGIN_S], abs=0.04
    )
    assert find_takes(to_pcm16(noise(3))) == []
    assert find_takes(np.zeros(0, np.int16)) == []


def test_the_command_cuts_into_a_new_folder_and_leaves_the_originals(tmp_path: Path, capsys):
    source = tmp_path / "long" / "anna" / "day.wav"
    write_wav(source, np.concatenate([take(), take(seed=5)]))
    before = source.read_bytes()
    to = tmp_path / "new"
    assert main(["data", "split", str(source.parents[1]), "--to", str(to), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert [Path(row["file"]).relative_to(to).as_posix() for row in made["files"]] == [
        "anna/day_take1.wav",
        "anna/day_take2.wav",
    ]
    assert all(len(read_audio(Path(row["file"]))) == round(row["seconds"] * SAMPLE_RATE) for row in made["files"])
    assert source.read_bytes() == before
    assert main(["data", "trim", str(source), "--to", str(to)]) == 4
    assert "not empty" in capsys.readouterr().err


def test_texts_are_scored_against_a_phrase(capsys):
    assert main(["data", "near", "smart mirror", "mart mirror", "good day", "--json"]) == 4
    near, far = json.loads(capsys.readouterr().out)["texts"]
    assert (near["text"], near["level"], far["level"]) == ("mart mirror", "high", "low")


def test_copies_and_other_words_are_found(tmp_path: Path):
    from trainer.data.judging import Heard, hear, score_quality_full
    from trainer.data.listing import list_recordings
    from trainer.recipe import DataRecipe

    for number in range(10):
        write_wav(tmp_path / f"{number}.wav", take(0.6, seed=20 + number))
    write_wav(tmp_path / "copy.wav", 0.5 * take(0.6, seed=20))
    (tmp_path / "x.wav").write_text("no sound")
    found = hear(list_recordings(DataRecipe(positives=(tmp_path,))).recordings)
    heard = [one for one in found if isinstance(one, Heard)]
    assert (len(found), len(heard)) == (12, 11)
    copies = {Path(one.origin).stem: Path(one.copy_of).stem for one in score_quality_full(heard) if one.copy_of}
    assert copies == {"copy": "0"}
    odd = replace(heard[3], frames=10 * heard[3].frames)
    judged = score_quality_full([*heard[:3], odd, *heard[4:]])
    assert [row for row, one in enumerate(judged) if "unlike" in one.quality.problems] == [3]
