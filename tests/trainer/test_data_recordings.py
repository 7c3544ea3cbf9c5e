"""Recordings as people really have them: every file becomes clips or a named rejection."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.clips import Clip, ClipKind, Rejection, Split
from trainer.data import decoding
from trainer.data.demo import make_test_dataset
from trainer.data.listing import fingerprint_folders, list_recordings
from trainer.data.recordings import import_recordings
from trainer.data.speech import trim_speech
from trainer.errors import DataError
from trainer.events import Event, Progress, Warning, discard
from trainer.recipe import DataRecipe


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def tone(seconds: float, pitch: float = 440.0, rate: int = SAMPLE_RATE, level: float = 0.3) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def hiss(seconds: float) -> NDArray[np.float32]:
    return np.random.default_rng(5).normal(scale=0.1, size=int(seconds * SAMPLE_RATE)).astype(np.float32)


def encode(path: Path, samples: NDArray[np.float32], codec: str, rate: int, channels: int = 1) -> None:
    """Write any format that FFmpeg writes; every channel holds the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[channels]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.tile(samples, (channels, 1)), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=rate, frame_size=stream.codec_context.frame_size
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def rows_of(
    recipe: DataRecipe, executor: Executor, report: Callable[[Event], None] = discard, seed: int = 1
) -> tuple[list[tuple[Clip, NDArray[np.int16]]], list[Rejection]]:
    rows = list(import_recordings(recipe, seed, executor, report))
    return [r for r in rows if not isinstance(r, Rejection)], [r for r in rows if isinstance(r, Rejection)]


def truncated_wav(path: Path) -> None:
    write_wav(path, tone(2))
    path.write_bytes(path.read_bytes()[: 44 + SAMPLE_RATE])  # half a second of two


GOOD = {
    "plain.wav": lambda p: write_wav(p, tone(1)),
    "cd.wav": lambda p: encode(p, tone(1, 441, 44_100), "pcm_s16le", 44_100, 2),
    "high.wav": lambda p: encode(p, tone(1, 442, 96_000), "pcm_s24le", 96_000),
    "eight_bit.wav": lambda p: encode(p, tone(1, 443), "pcm_u8", SAMPLE_RATE),
    "surround.wav": lambda p: encode(p, tone(1, 444, 48_000), "pcm_s16le", 48_000, 6),
    "float.wav": lambda p: encode(p, tone(1, 445), "pcm_f32le", SAMPLE_RATE),
    "telephone.wav": lambda p: encode(p, tone(1, 446, 8000), "pcm_mulaw", 8000),
    "lossless.flac": lambda p: encode(p, tone(1, 447), "flac", SAMPLE_RATE),
    "music.mp3": lambda p: encode(p, tone(1, 448, 44_100), "libmp3lame", 44_100),
    "chat.ogg": lambda p: encode(p, tone(1, 449, 48_000), "libopus", 48_000, 2),
    "chat.opus": lambda p: encode(p, tone(1, 450, 48_000), "libopus", 48_000),
    "phone.m4a": lambda p: encode(p, tone(1, 451, 44_100), "aac", 44_100),
    "lying_suffix.mp3": lambda p: (encode(p.with_suffix(".flac"), tone(1, 452), "flac", SAMPLE_RATE),
                                   p.with_suffix(".flac").rename(p)),
}  # fmt: skip

BAD = {
    "letter.wav": ("not_audio", lambda p: p.write_text("Dear all,\nthis is text.\n" * 50)),
    "nothing.wav": ("zero_length", lambda p: p.write_bytes(b"")),
    "header_only.wav": ("zero_length", lambda p: write_wav(p, tone(0))),
    "half_a_header.wav": ("not_audio", lambda p: p.write_bytes(b"RIFF\x00\x10\x00\x00WA")),
    "nan.wav": ("not_finite", lambda p: encode(p, np.full(16_000, np.nan, np.float32), "pcm_f32le", SAMPLE_RATE)),
    "silent.wav": ("silent", lambda p: write_wav(p, np.zeros(16_000, np.int16))),
    "blink.wav": ("too_short", lambda p: write_wav(p, tone(0.04))),
    "picture.mkv": ("not_audio", lambda p: _picture(p)),
}


def _picture(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=5)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuvj420p"
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 40 * index, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("name", GOOD)
def test_formats_are_converted(name: str, tmp_path: Path, executor: Executor) -> None:
    GOOD[name](tmp_path / name)
    clips, rejections = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert rejections == []
    [(clip, pcm)] = clips
    assert pcm.dtype == np.int16
    assert clip.seconds == pytest.approx(1, abs=0.06)
    assert clip.seconds == pytest.approx(len(pcm) / SAMPLE_RATE, abs=1e-4)
    middle = pcm[4000:12_000].astype(float) / 32767
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.15)
    spectrum = np.abs(np.fft.rfft(middle))
    assert 400 < np.argmax(spectrum) * SAMPLE_RATE / len(middle) < 500


@pytest.mark.parametrize("name", BAD)
def test_faults_are_named(name: str, tmp_path: Path, executor: Executor) -> None:
    reason, make = BAD[name]
    make(tmp_path / name)
    write_wav(tmp_path / "good.wav", tone(1))
    clips, [rejection] = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert len(clips) == 1
    assert (rejection.reason, rejection.origin) == (reason, f"{tmp_path.name}/{name}")
    assert name in rejection.message


def test_a_cut_file_gives_what_it_has(tmp_path: Path, executor: Executor) -> None:
    truncated_wav(tmp_path / "cut.wav")
    encode(tmp_path / "cut.flac", hiss(2), "flac", SAMPLE_RATE)
    data = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(data[: len(data) // 2])
    events: list[Event] = []
    clips, rejections = rows_of(DataRecipe(negatives=(tmp_path,)), executor, events.append)
    assert rejections == []
    [warning] = [e for e in events if isinstance(e, Warning)]
    assert warning.code == "cut_off"
    assert "cut.flac" in warning.message
    by_name = {clip.origin.rpartition("/")[2]: clip.seconds for clip, _ in clips}
    assert by_name["cut.wav"] == pytest.approx(0.5, abs=0.01)
    assert 0.5 < by_name["cut.flac"] < 1.6


def test_a_damaged_file_is_named(tmp_path: Path, executor: Executor) -> None:
    encode(tmp_path / "hurt.flac", hiss(3), "flac", SAMPLE_RATE)
    data = bytearray((tmp_path / "hurt.flac").read_bytes())
    rng = np.random.default_rng(1)
    for place in rng.integers(len(data) // 10, len(data), len(data) // 50):
        data[place] = rng.integers(256)
    (tmp_path / "hurt.flac").write_bytes(data)
    write_wav(tmp_path / "good.wav", tone(1))
    _, [rejection] = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert rejection.reason == "unreadable"
    assert "packets cannot be decoded" in rejection.message


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, executor: Executor) -> None:
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    write_wav(tmp_path / "good.wav", tone(1))
    _, [rejection] = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert rejection.reason == "missing"


def test_what_is_not_audio_is_counted_not_rejected(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "a.wav", tone(1))
    for name in ("a.txt", "b.txt", "index.json", ".DS_Store", "LICENSE"):
        (tmp_path / name).write_text("[]")
    (tmp_path / ".hidden").mkdir()
    write_wav(tmp_path / ".hidden" / "b.wav", tone(1, 300))
    events: list[Event] = []
    clips, rejections = rows_of(DataRecipe(noise=(tmp_path,)), executor, events.append)
    assert (len(clips), rejections) == (1, [])
    [warning] = [e for e in events if isinstance(e, Warning)]
    assert "2 .txt" in warning.message
    [progress] = [e for e in events if isinstance(e, Progress)]
    assert (progress.done, progress.total, progress.unit) == (1, 1, "recordings")


def test_duplicates_leave_one(tmp_path: Path, executor: Executor) -> None:
    for name in ("a/one.wav", "b/two.wav"):
        write_wav(tmp_path / name, tone(1))
    clips, [rejection] = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert [c.source for c, _ in clips] == ["a"]
    assert rejection.reason == "duplicate"
    assert "a/one.wav" in rejection.message


def test_a_link_that_leads_back_is_walked_once(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "in" / "a.wav", tone(1))
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in")
    clips, rejections = rows_of(DataRecipe(negatives=(tmp_path / "in",)), executor)
    assert (len(clips), rejections) == (1, [])


def test_clipping_is_reported(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "loud.wav", tone(1, level=3.0))
    events: list[Event] = []
    rows_of(DataRecipe(negatives=(tmp_path,)), executor, events.append)
    assert [e.code for e in events if isinstance(e, Warning)] == ["clipped"]


def test_long_recordings_come_in_parts_and_stay_together(
    tmp_path: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "PART_S", 1.0)
    monkeypatch.setattr("trainer.data.recordings.WHOLE_S", 2.0)
    rng = np.random.default_rng(0)
    for index in range(6):
        samples = rng.normal(scale=0.1, size=int(3.5 * SAMPLE_RATE)).astype(np.float32)
        write_wav(tmp_path / f"talk {index} on the radio.wav", samples)
    clips, rejections = rows_of(DataRecipe(negatives=(tmp_path,)), executor)
    assert rejections == []
    assert len(clips) == 6 * 4
    assert sum(c.seconds for c, _ in clips) == pytest.approx(21, abs=0.01)
    assert clips[1][0].origin.endswith("#2")
    for index in range(6):
        assert len({c.split for c, _ in clips[4 * index : 4 * index + 4]}) == 1


def test_the_same_folders_give_the_same_rows(tmp_path: Path, executor: Executor) -> None:
    recipe = DataRecipe(positives=(make_test_dataset(tmp_path),))
    first, second = (rows_of(recipe, executor)[0] for _ in range(2))
    assert [c for c, _ in first] == [c for c, _ in second]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(first, second, strict=True))


def test_one_root_of_all_kinds(tmp_path: Path, executor: Executor) -> None:
    folder = make_test_dataset(tmp_path / "set", clips=24)
    clips, rejections = rows_of(DataRecipe(positives=(folder,)), executor)
    assert rejections == []
    counts = Counter(c.kind for c, _ in clips)
    assert counts == {
        ClipKind.POSITIVE: 24,
        ClipKind.NEAR_MISS: 24,
        ClipKind.SPEECH: 24,
        ClipKind.NOISE: 6,
        ClipKind.ROOM: 6,
    }
    assert {c.licence for c, _ in clips} == {"CC0-1.0"}
    assert {c.speaker for c, _ in clips if c.kind is ClipKind.POSITIVE} == {
        f"recorded:speaker{n}" for n in range(1, 7)
    }
    splits: dict[str, set[Split]] = {}
    for clip, _ in clips:
        if clip.speaker:
            splits.setdefault(clip.speaker, set()).add(clip.split)
    assert all(len(where) == 1 for where in splits.values())


def test_positives_are_trimmed_and_know_their_end(tmp_path: Path, executor: Executor) -> None:
    rng = np.random.default_rng(3)
    quiet = lambda s: rng.normal(scale=1e-3, size=int(s * SAMPLE_RATE)).astype(np.float32)  # noqa: E731
    write_wav(tmp_path / "speaker1_take1.wav", np.concatenate((quiet(0.8), tone(0.6), quiet(1.1))))
    [(clip, pcm)], _ = rows_of(DataRecipe(positives=(tmp_path,)), executor)
    assert clip.speaker == "recorded:speaker1"
    assert len(pcm) / SAMPLE_RATE == pytest.approx(0.7, abs=0.06)
    assert clip.end_s == pytest.approx(0.65, abs=0.03)


def test_a_recording_cut_close_is_kept_whole() -> None:
    pcm = (tone(0.5) * 32767).astype(np.int16)
    trimmed, end_s = trim_speech(pcm)
    assert len(trimmed) == len(pcm)
    assert end_s == pytest.approx(0.5, abs=0.02)


def test_a_positive_is_the_phrase_alone(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "speech.wav", tone(11))
    _, [rejection] = rows_of(DataRecipe(positives=(tmp_path,)), executor)
    assert rejection.reason == "too_long"


def room(seconds: float, decay_s: float, before_s: float = 0.0) -> NDArray[np.float32]:
    rng = np.random.default_rng(int(seconds * 1000))
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE - before_s
    body = np.where(t >= 0, rng.normal(scale=0.1, size=t.size) * np.exp(-6.9 * t / decay_s), 0.0)
    body[int(before_s * SAMPLE_RATE)] = 0.9
    return body.astype(np.float32)


def test_rooms_are_checked_and_cut(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "good.wav", room(0.8, 0.5))
    write_wav(tmp_path / "late.wav", room(2.0, 0.5, before_s=1.0))
    write_wav(tmp_path / "long_tail.wav", room(8.0, 1.0))
    write_wav(tmp_path / "short.wav", room(0.05, 0.02))
    encode(tmp_path / "faint.wav", np.full(16_000, 1e-6, np.float32), "pcm_f32le", SAMPLE_RATE)
    write_wav(
        tmp_path / "talk.wav", np.random.default_rng(0).normal(scale=0.1, size=9 * SAMPLE_RATE).astype(np.float32)
    )
    clips, rejections = rows_of(DataRecipe(rooms=(tmp_path,)), executor)
    seconds = {c.origin.rpartition("/")[2]: c.seconds for c, _ in clips}
    assert set(seconds) == {"good.wav", "late.wav", "long_tail.wav"}
    assert seconds["late.wav"] < 1.1
    assert 0.5 < seconds["long_tail.wav"] <= 2
    for clip, pcm in clips:
        assert np.argmax(np.abs(pcm)) <= len(pcm) // 10, clip.origin
        assert np.abs(pcm).max() == 32767
    reasons = {r.origin.rpartition("/")[2]: r.reason for r in rejections}
    assert reasons == {"short.wav": "room_too_short", "faint.wav": "room_no_energy", "talk.wav": "room_too_long"}


def test_no_more_rooms_than_are_of_use(tmp_path: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.data.rooms.MOST", 3)
    for index in range(5):
        write_wav(tmp_path / f"hall{index}.wav", room(0.3 + index / 100, 0.2))
    events: list[Event] = []
    clips, rejections = rows_of(DataRecipe(rooms=(tmp_path,)), executor, events.append)
    assert (len(clips), rejections) == (3, [])
    assert [e.code for e in events if isinstance(e, Warning)] == ["rooms_left_out"]


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("x")])
def test_a_folder_of_nothing_is_an_error(make: Callable[[Path], None], tmp_path: Path) -> None:
    folder = tmp_path / "sound"
    make(folder)
    with pytest.raises(DataError, match="sound"):
        list_recordings(DataRecipe(noise=(folder,)))


def test_licences_come_from_an_index_above(tmp_path: Path) -> None:
    write_wav(tmp_path / "speech" / "anna" / "a.wav", tone(1))
    write_wav(tmp_path / "speech" / "else" / "a.wav", tone(1))
    (tmp_path / "index.tsv").write_text("folder\tlicence\nspeech/anna\tCC0-1.0\n")
    recordings = list_recordings(DataRecipe(negatives=(tmp_path / "speech",), licence="mine")).recordings
    assert {r.source: r.licence for r in recordings} == {"anna": "CC0-1.0", "else": "mine"}


def test_the_fingerprint_follows_the_files(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", tone(1))
    before = fingerprint_folders([tmp_path])
    assert fingerprint_folders([tmp_path]) == before
    write_wav(tmp_path / "b.wav", tone(1))
    after = fingerprint_folders([tmp_path])
    assert after != before
    (tmp_path / "b.wav").unlink()
    assert fingerprint_folders([tmp_path]) == before


@pytest.mark.shared
def test_all_real_recordings_of_a_wake_word_decode(shared: Path, executor: Executor) -> None:
    clips, rejections = rows_of(DataRecipe(positives=(shared / "wake" / "alexa",)), executor)
    assert (len(clips), rejections) == (329, [])
    assert all(c.end_s is not None and 0.2 < c.end_s <= c.seconds for c, _ in clips)


def test_crowds_are_split_by_file_where_other_sources_stay_whole(tmp_path: Path, executor: Executor) -> None:
    for source in "abcd":
        for number in range(20):
            path = tmp_path / "speech" / source / f"{source}{number:02d}x.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, (8000 * hiss(0.5 + 0.01 * number + 0.25 * "abcd".index(source))).astype(np.int16))

    def splits(crowds: frozenset[str]) -> dict[str, set[Split]]:
        recipe = DataRecipe(negatives=(str(tmp_path / "speech"),))
        rows = import_recordings(recipe, 1, executor, discard, find_crowds=lambda _recordings, _executor: crowds)
        found: dict[str, set[Split]] = {source: set() for source in "abcd"}
        for row in rows:
            assert not isinstance(row, Rejection), row
            found[row[0].source].add(row[0].split)
        return found

    assert all(len(some) == 1 for some in splits(frozenset()).values())
    assert {source: len(some) for source, some in splits(frozenset("b")).items()} == {"a": 1, "b": 3, "c": 1, "d": 1}
