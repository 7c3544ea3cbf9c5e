"""Recordings of any common format, taken in by the real trainer's helper."""

import io
import wave
from typing import Any

import numpy as np
import pytest
from aiohttp import FormData

av = pytest.importorskip("av")

FORMATS = [
    ("wav", "pcm_s16le", 44100, "stereo", "s16"),
    ("flac", "flac", 48000, "mono", "s16"),
    ("ogg", "libopus", 48000, "mono", "s16"),
    ("webm", "libopus", 48000, "stereo", "s16"),
    ("mp3", "libmp3lame", 44100, "mono", "s16p"),
    ("mp4", "aac", 44100, "mono", "fltp"),
]


def encode(
    container: str, codec: str, rate: int, layout: str, form: str, seconds: float = 1.0, **options: str
) -> bytes:
    """A tone in the given format."""
    buffer = io.BytesIO()
    channels = 2 if layout == "stereo" else 1
    count = round(seconds * rate)
    tone = (8000 * np.sin(np.arange(count) * 440 * 2 * np.pi / rate)).astype(np.int16)
    with av.open(buffer, "w", format=container, options=options) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.repeat(tone, channels)[None], format="s16", layout=layout)
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format.name, layout=layout, rate=rate, frame_size=stream.frame_size
        )
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return buffer.getvalue()


@pytest.mark.asyncio
async def test_any_common_format_is_taken(open_house: Any) -> None:
    async with open_house(trainer=None) as house:
        for container, codec, rate, layout, form in FORMATS:
            data = FormData()
            data.add_field("phrase", "hey jarvis")
            data.add_field("file", encode(container, codec, rate, layout, form), filename=f"a.{container}")
            async with house.browser.post(house.api("samples"), data=data) as response:
                assert response.status == 201, (container, await response.text())
                sample = await response.json()
            assert abs(sample["seconds"] - 1.0) < 0.2, container
            assert -20 < sample["peak_dbfs"] < 0, container
            async with house.browser.get(house.api(f"samples/{sample['id']}/audio")) as response:
                with wave.open(io.BytesIO(await response.read())) as file:
                    assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        live = encode(*FORMATS[3], live="1", cluster_time_limit="100")  # as a browser records: of unknown length
        data = FormData()
        data.add_field("phrase", "hey jarvis")
        data.add_field("source", "panel")
        data.add_field("file", live, filename="blob", content_type="audio/webm;codecs=opus")
        async with house.browser.post(house.api("samples"), data=data) as response:
            assert response.status == 201, await response.text()
            sample = await response.json()
        assert (sample["state"], abs(sample["seconds"] - 1.0) < 0.2) == ("good", True)
        for nonsense in (b"MZ" + bytes(2000), b"RIFF" + bytes(60), b"<svg/>", b"#!/bin/sh"):
            data = FormData()
            data.add_field("phrase", "hey jarvis")
            data.add_field("file", nonsense, filename="a.wav")
            async with house.browser.post(house.api("samples"), data=data) as response:
                assert response.status in (415, 422), await response.text()
                told = await response.text()
                assert str(house.data) not in told
                assert "folder" not in told
        assert len(list((house.data / "samples").glob("*.wav"))) == len(FORMATS) + 1
        assert len(list((house.data / "samples" / "originals").iterdir())) == len(FORMATS) + 1
