"""Augmentation does what it was asked for: ratios, levels, rooms, places."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from tests.trainer.test_features import voice, write_samples
from trainer.core.arrays import NUMPY
from trainer.core.audio import from_pcm16
from trainer.core.clips import ClipKind, Split, read_clips
from trainer.core.ragged import write_ragged
from trainer.errors import AudioError, RecipeError
from trainer.features import augment as augmentation
from trainer.features.augment import active_power, augment, draw, render
from trainer.features.bank import make_bank, open_bank
from trainer.features.colour import GRID, colour_rows, distort_rows, draw_colour, row_length
from trainer.features.conditions import apply_condition, check_condition
from trainer.features.frontend import features_of
from trainer.features.noise import NOISES, make_noise
from trainer.features.resample import change_speed
from trainer.features.rooms import DIRECT, LONGEST, mix_responses, play_in_rooms, shape_response, simulate_room
from trainer.features.scenes import LEAD, TAIL, Scene, Source, pack_clips, place_phrase, run_speech
from trainer.recipe import AugmentationRecipe

PLAIN = AugmentationRecipe(
    run_on=0, rooms=0, noise=0, equaliser=0, clipping=0, speed=0, gain_db=(-6, -6), snr_db=(6, 6)
)
FULL = AugmentationRecipe(run_on=1, rooms=1, noise=1, equaliser=1, clipping=1, speed=1)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    rows = [(ClipKind.POSITIVE, Split.TRAIN, 0.8), (ClipKind.SPEECH, Split.TRAIN, 3.0)]
    samples = write_samples(folder / "samples", rows)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr("trainer.features.bank.ROOMS", 10)
        make_bank(folder / "bank", samples, read_clips(samples / "clips.jsonl"), Split.TRAIN, 1, pool)
    return open_bank(folder / "bank", samples)


@pytest.fixture
def clean(monkeypatch):
    """No chance beyond the recipe's."""
    for name in ("_MICROPHONE", "_STOP", "_NOISE_ROOM", "_SECOND_NOISE"):
        monkeypatch.setattr(augmentation, name, 0.0)


def phrases(bank, count, run_on=0.0, speed=1.0):
    rng, phrase, speech = np.random.default_rng(4), Source(0, 12_800, "train0", 12_000), Source(1, 48_000, "train1")
    return [place_phrase(phrase, 3.0, speed, [speech], run_on, rng) for _ in range(count)]


def test_phrase_stands_where_the_scene_says(bank, clean):
    scenes = phrases(bank, 20)
    for scene, sound in zip(scenes, augment(NUMPY, scenes, bank, PLAIN, np.random.default_rng(0)), strict=True):
        assert sound.size == scene.length == LEAD + 299 * 160 + 480
        start, stop = scene.span
        assert start >= LEAD
        assert scene.end == start + 12_000
        assert scene.end <= LEAD + 48_000 - TAIL
        phrase = from_pcm16(bank.audio[0])[100:-100]
        heard = from_pcm16(sound)[start + 100 : stop - 100]
        assert np.corrcoef(phrase, heard)[0, 1] > 0.999
        loud = np.abs(from_pcm16(sound)) > 0.05
        assert start <= np.flatnonzero(loud)[0] < start + 800
        assert stop - 1600 < np.flatnonzero(loud)[-1] < stop


def test_ends_are_frames_of_the_features(clean, tmp_path):
    """A click on the phrase's last samples is heard from `end_frame` on and as long as the window holds it."""
    click = np.zeros(8200, np.int16)
    click[7998:8000] = 20_000, -20_000
    write_ragged(tmp_path / "audio", [click], np.int16)
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "bank.json").write_text('{"kinds": ["white"], "recorded": [], "speech": []}')
    write_ragged(tmp_path / "bank" / "rooms", [np.ones(64, np.float32)], np.float32)
    write_ragged(tmp_path / "bank" / "noises", [np.zeros(160_000, np.int16)], np.int16)
    silent = open_bank(tmp_path / "bank", tmp_path)
    rng = np.random.default_rng(1)
    scenes = [place_phrase(Source(0, 8200, "", 8000), 3.0, 1.0, [], 0.0, rng) for _ in range(16)]
    for scene, sound in zip(scenes, augment(NUMPY, scenes, silent, PLAIN, rng), strict=True):
        features = features_of(sound)[100:]
        assert len(features) == 300
        loud = np.flatnonzero(features.max(axis=1) > 0)
        assert scene.end_frame <= loud[0] <= scene.end_frame + 1
        assert loud[-1] <= scene.end_frame + 2


def test_run_on_speech_touches_the_phrase_and_leaves_it_whole(bank, clean):
    scenes = phrases(bank, 40, run_on=1.0)
    before = after = 0
    for scene, sound in zip(scenes, augment(NUMPY, scenes, bank, PLAIN, np.random.default_rng(0)), strict=True):
        start, stop = scene.span
        phrase = scene.pieces[0]
        for other in scene.pieces[1:]:
            assert abs(other.gain_db) <= 6
            if other.at < start:
                before += 1
                assert 0 <= start - (other.at + other.length) <= 2400
            else:
                after += 1
                assert 0 <= other.at - stop <= 2400
        assert phrase.at == start
        heard = from_pcm16(sound)[start + 100 : stop - 100]
        assert np.corrcoef(from_pcm16(bank.audio[0])[100:-100], heard)[0, 1] > 0.999
    assert before > 15
    assert after > 15


def test_ratio_to_the_noise_and_peak_are_as_asked(bank, clean):
    scenes = phrases(bank, 8)
    asked = replace(PLAIN, noise=1.0)
    draws = draw(scenes, bank, asked, np.random.default_rng(0))
    alone = replace(draws, noise=np.zeros_like(draws.noise), speech=draws.speech.copy())
    sound, dry = render(NUMPY, draws) / 32767, render(NUMPY, alone) / 32767
    np.testing.assert_allclose(np.abs(sound[:, LEAD:]).max(axis=1), 10 ** (-6 / 20), rtol=0.02)
    for row, speech, scene in zip(sound, dry, scenes, strict=True):
        start, stop = scene.span
        rest = np.concatenate([row[LEAD:start], row[stop:]])
        scale = np.dot(row[start:stop], speech[start:stop]) / np.dot(speech[start:stop], speech[start:stop])
        level = np.mean((scale * speech[start:stop]) ** 2)
        assert 10 * np.log10(level / np.mean(rest**2)) == pytest.approx(6, abs=2.5)


def test_everything_at_once_stays_finite_and_in_range(bank):
    scenes = phrases(bank, 12, run_on=1.0, speed=1.09)
    rows = augment(NUMPY, scenes, bank, FULL, np.random.default_rng(0))
    again = augment(NUMPY, scenes, bank, FULL, np.random.default_rng(0))
    for row, twin in zip(rows, again, strict=True):
        assert row.dtype == np.int16
        assert np.abs(row[LEAD:].astype(int)).max() <= 32767 * 10 ** (-3 / 20) * 1.1
        assert row.std() > 1
        np.testing.assert_array_equal(row, twin)


def test_silence_is_only_the_microphones_floor(bank):
    scene = Scene(300, (), plain=True)
    (row,) = augment(NUMPY, [scene], bank, PLAIN, np.random.default_rng(0))
    assert -72 < 20 * np.log10(from_pcm16(row).std()) < -29


def test_speed_keeps_pitch_ratio_and_length():
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 1000 * time).astype(np.float32)
    for speed in (0.9, 1.1):
        fast = change_speed(tone, speed)
        assert fast.size == pytest.approx(16_000 / speed, rel=0.005)
        peak = np.argmax(np.abs(np.fft.rfft(fast * np.hanning(fast.size)))) * 16_000 / fast.size
        assert peak == pytest.approx(1000 * speed, rel=0.005)
        assert np.abs(fast).max() == pytest.approx(1, abs=0.1)


def test_rooms_keep_energy_and_place():
    responses = [simulate_room(5, i)[0] for i in range(3)]
    assert all(r.size <= LONGEST and np.square(r).sum() == pytest.approx(1, rel=1e-3) for r in responses)
    assert all(np.abs(r[DIRECT]) >= 0.5 * np.abs(r).max() for r in responses)
    sound = np.zeros((3, row_length(60_000)), np.float32)
    sound[:, 30_000] = 1  # a click
    heard = play_in_rooms(NUMPY, sound, mix_responses(responses, [1.0, 0.5, 0.0]))
    np.testing.assert_allclose(np.square(heard).sum(axis=1), 1, rtol=1e-4)
    assert (np.abs(np.argmax(np.abs(heard), axis=1) - 30_000) <= 1).all() or np.abs(heard[:, 30_000]).min() > 0.1
    before = np.square(heard[:, : 30_000 - DIRECT]).sum(axis=1)
    assert before.max() < 1e-4
    assert np.square(heard[2, 29_999:30_002]).sum() == pytest.approx(1, abs=1e-3)  # wholly dry


def test_simulated_rooms_reverberate_as_long_as_living_rooms_do():
    times = []
    for index in range(12):
        response = simulate_room(1, index)[0].astype(np.float64)
        decay = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] + 1e-12)
        five, twenty = (np.argmax(decay < decay[0] - db) for db in (5, 20))
        times.append(4 * (twenty - five) / 16_000)
    assert min(times) > 0.05
    assert max(times) < 1.1
    assert np.ptp(times) > 0.2


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (np.full(8000, np.nan, np.float32), "not_finite"),
        (np.zeros(8000, np.float32), "silence"),
        (np.eye(1, 8000, dtype=np.float32)[0], "wrong_length"),
    ],
)
def test_bad_room_responses_are_refused(response, code):
    with pytest.raises(AudioError) as caught:
        shape_response(response)
    assert caught.value.code == code


def test_a_late_response_is_brought_forward_and_cut():
    response = np.zeros(80_000, np.float32)
    response[5000:] = np.exp(-np.arange(75_000) / 20_000) * np.random.default_rng(0).standard_normal(75_000) * 0.1
    response[5000] = 1
    shaped = shape_response(response)
    assert np.argmax(np.abs(shaped)) == DIRECT
    assert shaped.size <= LONGEST


@pytest.mark.parametrize("kind", NOISES)
def test_noises_are_level_and_differ_by_seed(kind):
    voices = [voice(1.0, 0), voice(2.0, 1)]
    first, second = (make_noise(kind, 32_000, np.random.default_rng(s), voices) for s in (0, 1))
    assert np.sqrt(np.mean(first**2)) == pytest.approx(0.1, rel=0.01)
    assert np.isfinite(first).all()
    assert np.abs(first - second).max() > 0.05


def test_noise_colours_have_their_slopes():
    def tilt(kind):
        power = np.abs(np.fft.rfft(make_noise(kind, 160_000, np.random.default_rng(0)))) ** 2
        low, high = power[5_000:10_000].mean(), power[40_000:80_000].mean()  # 0.5-1 kHz and 4-8 kHz
        return 10 * np.log10(high / low) / 3  # dB an octave

    assert tilt("white") == pytest.approx(0, abs=0.3)
    assert tilt("pink") == pytest.approx(-3, abs=0.3)
    assert tilt("brown") == pytest.approx(-6, abs=0.5)


def test_filters_have_their_response_and_no_delay():
    n = row_length(30_000)
    response = draw_colour(True, True, True, np.random.default_rng(2))
    flat = np.ones(GRID, np.float32)
    click = np.zeros((2, n), np.float32)
    click[:, 10_000] = 1
    heard = colour_rows(NUMPY, click.copy(), np.stack([response, flat]))
    np.testing.assert_allclose(heard[1], click[1], atol=1e-5)
    assert np.argmax(np.abs(heard[0])) == 10_000
    spectrum = np.abs(np.fft.rfft(heard[0]))
    np.testing.assert_allclose(spectrum[:: n // 512], response, atol=1e-4)


def test_distortion_keeps_the_peak_and_adds_harmonics():
    time = np.arange(16_000) / 16_000
    tone = np.tile(np.sin(2 * np.pi * 500 * time).astype(np.float32), (3, 1))
    heard = distort_rows(NUMPY, tone, np.array([True, False, True]), np.array([0.5, 0.7, 0.0], np.float32))
    np.testing.assert_allclose(np.abs(heard).max(axis=1), 1, rtol=1e-3)
    harmonics = np.abs(np.fft.rfft(heard, axis=1))[:, 1500] / 8000
    assert harmonics[0] > 0.05
    assert harmonics[1] > 0.05
    assert harmonics[2] < 1e-3


def test_packed_clips_are_whole_and_fill_the_row():
    sources = [Source(i, 4000 + 800 * i) for i in range(20)]
    scenes = pack_clips(sources, 3.0, (0.0, 0.5), 0.0, lambda: 1.0, np.random.default_rng(0))
    pieces = [piece for scene in scenes for piece in scene.pieces]
    assert sorted(piece.row for piece in pieces) == list(range(20))
    for scene in scenes:
        for piece in scene.pieces:
            assert piece.stop - piece.start == sources[piece.row].length
            assert piece.at >= LEAD
            assert piece.at + piece.length <= LEAD + 48_000
        for one, two in zip(scene.pieces, scene.pieces[1:], strict=False):
            assert 0 <= two.at - (one.at + one.length) <= 8000
    spoken = sum(piece.length for piece in pieces) / sum(scene.frames * 160 for scene in scenes)
    assert spoken > 0.5


def test_running_speech_uses_every_sample_once():
    sources = [Source(0, 300_000), Source(1, 5_000), Source(2, 44_000)]
    scenes = run_speech(sources, (3.0, 12.0), (0.1, 0.6), np.random.default_rng(0))
    used = dict.fromkeys(range(3), 0)
    for scene in scenes:
        assert 300 <= scene.frames <= 1200
        for piece in scene.pieces:
            used[piece.row] += piece.length
            assert LEAD <= piece.at < LEAD + scene.frames * 160
    assert used == {0: 300_000, 1: 5_000, 2: 44_000}


def test_active_power_looks_past_pauses_and_outside():
    sound = np.zeros((1, 32_000), np.float32)
    sound[0, 8000:16_000] = 0.1
    sound[0, 24_000:] = 1.0
    assert active_power(NUMPY, sound, np.array([[0, 20_000]]))[0] == pytest.approx(0.01, rel=1e-3)
    assert active_power(NUMPY, sound * 0, np.array([[0, 20_000]]))[0] == 0


@pytest.mark.parametrize("ratio", [20, 10, 5, 0, -5])
def test_condition_noise_has_its_ratio(ratio):
    speech = np.concatenate([np.zeros(16_000), from_pcm16(voice(1.0, 3)), np.zeros(16_000)]).astype(np.float32)
    heard = apply_condition(f"noise_{ratio}db", speech, 7, "a")
    assert heard.dtype == np.float32
    assert heard.shape == speech.shape
    rest = np.concatenate([heard[:16_000], heard[32_000:]])
    whole = np.mean(heard[16_000:32_000] ** 2)
    measured = 10 * np.log10(whole / np.mean(rest**2) - 1)
    assert measured == pytest.approx(ratio, abs=2)
    np.testing.assert_array_equal(heard, apply_condition(f"noise_{ratio}db", speech, 7, "a"))
    assert (heard != apply_condition(f"noise_{ratio}db", speech, 7, "b")).any()


def test_condition_levels_rooms_and_given_noises():
    speech = from_pcm16(voice(1.0, 3))
    assert np.abs(apply_condition("level_-30db", speech, 1)).max() == pytest.approx(10**-1.5, rel=1e-3)
    np.testing.assert_array_equal(apply_condition("clean", voice(1.0, 3), 1), speech)
    roomy = apply_condition("rooms", speech, 1)
    assert roomy.shape == speech.shape
    assert np.corrcoef(roomy, speech)[0, 1] < 0.99
    tone = np.sin(np.arange(4000) / 5).astype(np.float32)
    added = apply_condition("noise_0db", speech, 1, noises=[tone]) - 0
    assert np.isfinite(added).all()
    assert np.abs(added).max() <= 1


@pytest.mark.parametrize("name", ["", "noise", "noise_db", "level_x", "underwater", "noise_10"])
def test_an_unknown_condition_names_those_allowed(name):
    with pytest.raises(RecipeError, match="noise_10db"):
        check_condition(name)
