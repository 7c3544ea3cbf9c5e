"""Reading audio: what people have, and what lies in its name or header."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.core.audio import SAMPLE_RATE, from_pcm16, read_audio, to_pcm16, write_wav
from trainer.errors import AudioError

SECONDS = 0.5
TONE_HZ = 440.0


def tone(rate: int, seconds: float = SECONDS) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(rate * seconds)) / rate)


def write_pcm(path: Path, data: bytes, rate: int, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


def write_float(path: Path, samples: NDArray[np.float64], rate: int = SAMPLE_RATE) -> Path:
    """Write IEEE float WAV by hand: the wave module knows integers only."""
    data = samples.astype("<f4").tobytes()
    form = b"fmt " + (16).to_bytes(4, "little") + b"\3\0\1\0" + rate.to_bytes(4, "little")
    form += (rate * 4).to_bytes(4, "little") + b"\4\0\x20\0"
    body = b"WAVE" + form + b"data" + len(data).to_bytes(4, "little") + data
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    return path


def encode(path: Path, codec: str, rate: int = 48_000, layout: str = "stereo") -> Path:
    samples = np.tile(tone(rate), (2 if layout == "stereo" else 1, 1)).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size or 0
        )
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate = rate
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def is_tone(samples: NDArray[np.float32], seconds: float = SECONDS, level: float = 0.5) -> bool:
    """Say whether it is the tone, of about that length and level."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    loudest = np.argmax(spectrum) * SAMPLE_RATE / len(samples)
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return (
        abs(loudest - TONE_HZ) < 6
        and abs(len(samples) / SAMPLE_RATE - seconds) < 0.06
        and abs(np.abs(middle).max() - level) < 0.05
    )


def sixteen_bit(rate: int) -> Callable[[Path], Path]:
    return lambda path: write_pcm(path, (tone(rate) * 32767).astype("<i2").tobytes(), rate)


def eight_bit(path: Path) -> Path:
    return write_pcm(path, (tone(SAMPLE_RATE) * 127 + 128).astype(np.uint8).tobytes(), SAMPLE_RATE, width=1)


def twenty_four_bit(path: Path) -> Path:
    values = (tone(44_100) * 8388607).astype("<i4")
    return write_pcm(path, values.view(np.uint8).reshape(-1, 4)[:, :3].tobytes(), 44_100, width=3)


def six_channels(path: Path) -> Path:
    values = np.repeat((tone(48_000) * 32767).astype("<i2")[:, None], 6, axis=1)
    return write_pcm(path, values.tobytes(), 48_000, channels=6)


@pytest.mark.parametrize(
    "make",
    [eight_bit, sixteen_bit(8_000), sixteen_bit(16_000), sixteen_bit(44_100), sixteen_bit(96_000), twenty_four_bit],
    ids=["8 bit", "8 kHz", "16 kHz", "44.1 kHz", "96 kHz", "24 bit"],
)
def test_wav_of_any_depth_and_rate(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    samples = read_audio(make(tmp_path / "a.wav"))
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert is_tone(samples)


def test_six_channels_become_one(tmp_path: Path) -> None:
    samples = read_audio(six_channels(tmp_path / "six.wav"))
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(np.argmax(spectrum) * SAMPLE_RATE / len(samples) - TONE_HZ) < 6
    assert np.abs(samples).max() > 0.3


@pytest.mark.parametrize(
    ("suffix", "codec"), [("flac", "flac"), ("opus", "libopus"), ("mp3", "libmp3lame"), ("m4a", "aac")]
)
def test_compressed_formats(tmp_path: Path, suffix: str, codec: str) -> None:
    assert is_tone(read_audio(encode(tmp_path / f"a.{suffix}", codec)))


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    flac = encode(tmp_path / "a.flac", "flac")
    assert is_tone(read_audio(flac.rename(tmp_path / "a.wav")))


def test_floats_beyond_one_are_kept(tmp_path: Path) -> None:
    samples = read_audio(write_float(tmp_path / "loud.wav", 4 * tone(SAMPLE_RATE)))
    assert 1.95 < np.abs(samples).max() < 2.05


def test_a_cut_off_wav_gives_what_is_there(tmp_path: Path) -> None:
    whole = sixteen_bit(16_000)(tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: 44 + 8_000])
    assert is_tone(read_audio(tmp_path / "a.wav"), seconds=0.25)


def test_a_header_that_promises_too_much(tmp_path: Path) -> None:
    data = bytearray(sixteen_bit(16_000)(tmp_path / "a.wav").read_bytes())
    data[40:44] = (0xFFFFFF00).to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(data)
    assert is_tone(read_audio(tmp_path / "a.wav"))


def text_file(path: Path) -> None:
    path.write_text("These are my notes about the recordings.\n" * 50)


def empty_file(path: Path) -> None:
    path.touch()


def no_samples(path: Path) -> None:
    write_pcm(path, b"", SAMPLE_RATE)


def half_a_header(path: Path) -> None:
    path.write_bytes(sixteen_bit(16_000)(path).read_bytes()[:20])


def not_numbers(path: Path) -> None:
    samples = tone(SAMPLE_RATE)
    samples[100] = np.nan
    write_float(path, samples)


def infinite(path: Path) -> None:
    samples = tone(SAMPLE_RATE)
    samples[100] = -np.inf
    write_float(path, samples)


def picture(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (text_file, {"not_audio"}),
        (empty_file, {"zero_length"}),
        (no_samples, {"zero_length"}),
        (half_a_header, {"not_audio", "zero_length", "unreadable"}),
        (not_numbers, {"not_finite"}),
        (infinite, {"not_finite"}),
        (picture, {"not_audio"}),
        (folder, {"missing"}),
        (lambda path: None, {"missing"}),
    ],
    ids=["text", "empty", "no samples", "half a header", "NaN", "infinite", "picture", "folder", "missing"],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, make: Callable[[Path], None], codes: set[str]) -> None:
    path = tmp_path / "x.wav"
    make(path)
    with pytest.raises(AudioError) as caught:
        read_audio(path)
    assert caught.value.code in codes
    assert str(path) in caught.value.message
    assert caught.value.exit_code == 4


@pytest.mark.shared
def test_flac_files_of_unknown_length(shared: Path) -> None:
    files = sorted((shared / "wake" / "alexa").rglob("*.flac"))
    assert len(files) > 300
    lengths = [read_audio(path).size for path in files[:: max(1, len(files) // 60)]]
    assert min(lengths) > 0.2 * SAMPLE_RATE


def test_written_wav_is_read_back(tmp_path: Path) -> None:
    samples = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0] * 400, np.float32)
    write_wav(tmp_path / "new" / "a.wav", samples)
    with wave.open(str(tmp_path / "new" / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.array_equal(pcm[:7], [-32768, -32767, -16384, 0, 16384, 32767, 32767])


def test_int16_survives_the_way_to_float_and_back() -> None:
    pcm = np.arange(-32768, 32768).astype(np.int16)
    assert np.array_equal(to_pcm16(from_pcm16(pcm)), pcm)
