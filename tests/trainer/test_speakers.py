"""Speakers: embeddings of both conventions, clusters, the name list, and the command there and back."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx_models import FLOAT, INT64, write_model, write_spectral, write_waveform
from spoken import speak

from trainer.cli import main
from trainer.core.audio import SAMPLE_RATE, to_pcm16, write_wav
from trainer.core.clips import Rejection
from trainer.data.listing import list_recordings, speaker_named
from trainer.errors import DataError, ModelError, RecipeError
from trainer.recipe import DataRecipe
from trainer.speakers import cepstra
from trainer.speakers.clusters import cluster
from trainer.speakers.embedding import cut_speech, unit
from trainer.speakers.filterbank import log_mel
from trainer.speakers.namelist import label_of, read_names, write_names
from trainer.speakers.onnx_model import OnnxModel
from trainer.speakers.renaming import KEPT, Plan, apply_plan, plan_moves, undo

Pcm = NDArray[np.int16]


def voice(who: int, take: int, seconds: float = 0.8) -> Pcm:
    """Return a person who hums: a buzz at a pitch of their own through resonances of their own, int16 [n]."""
    rng = np.random.default_rng([who, take])
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    pitch = (95.0, 210.0, 150.0)[who] * (1 + 0.03 * np.sin(2 * np.pi * rng.uniform(2, 4) * t))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    formants = ((500, 1100, 2300), (850, 2000, 3100), (350, 2400, 3600))[who]
    buzz = np.zeros_like(t)
    for k in range(1, 30):
        gain = sum(np.exp(-(((k * pitch.mean() - f) / 160) ** 2)) for f in formants) + 0.02
        buzz += gain * np.sin(k * phase)
    syllables = 0.35 + 0.65 * np.abs(np.sin(2 * np.pi * rng.uniform(1.5, 2.5) * t))
    sound = buzz * syllables / np.abs(buzz).max() + 0.003 * rng.standard_normal(len(t))
    return np.pad((9000 * sound).astype(np.int16), 3000)


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """Return a folder of two people's recordings, one in a sub-folder, one with letters of another script."""
    folder = tmp_path / "family"
    for number, (who, name) in enumerate(
        [(0, "a.wav"), (1, "b.wav"), (0, "дом.wav"), (1, "sub/c.wav"), (0, "d.WAV"), (1, "e f.wav")]
    ):
        write_wav(folder / name, voice(who, number))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def write_list(path: Path, **people: list[str]) -> Path:
    path.write_text(write_names(people.items(), ()), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    """Return the exit code, what stdout holds as JSON where it does, and stderr."""
    code = main(["speakers", *map(str, words)])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.startswith("{") else out, err


# Embeddings


def test_log_mel_features_have_kaldis_frames_and_follow_the_pitch() -> None:
    assert log_mel(np.zeros(16_000, np.int16), 80).shape == (98, 80)
    assert log_mel(np.zeros(10, np.int16), 40).shape == (1, 40)
    t = np.arange(8000) / SAMPLE_RATE
    bins = [
        int(log_mel((8000 * np.sin(2 * np.pi * f * t)).astype(np.int16), 80).mean(0).argmax()) for f in (300, 3000)
    ]
    mel = [1127 * np.log1p(f / 700) for f in (20, 8000, 300, 3000)]
    expected = [(m - mel[0]) / (mel[1] - mel[0]) * 81 - 1 for m in mel[2:]]
    assert np.abs(np.subtract(bins, expected)).max() < 1


def test_the_built_in_embedding_tells_hums_apart_and_finds_their_pitch() -> None:
    takes = [(who, cut_speech(voice(who, take))) for who in range(3) for take in range(3)]
    vectors = np.stack([unit(cepstra.embed(pcm)) for _, pcm in takes])
    labels = [who for who, _ in takes]
    found = cluster(vectors, count=3).labels
    assert len({(a, int(b)) for a, b in zip(labels, found, strict=True)}) == 3
    assert [round(2 ** cepstra.measure(takes[3 * who][1])[40], -1) for who in range(3)] == [100, 210, 150]


@pytest.mark.parametrize("shape", [("b", "t", 80), (1, "t", 80), ("b", 80, "t"), (1, 50, 80), ("b", "t", 40)])
def test_a_model_of_log_mel_features(tmp_path: Path, shape: tuple[int | str, ...]) -> None:
    model = OnnxModel(write_spectral(tmp_path / "m.onnx", shape))
    bins = 40 if 40 in shape else 80
    vector = model.embed(voice(0, 0))
    values = log_mel(voice(0, 0), bins)
    assert vector.shape == (bins,)
    if 50 not in shape:
        np.testing.assert_allclose(vector, values.var(axis=0), rtol=1e-4)
    assert model.embed(np.ones(100, np.int16)).shape == (bins,)  # shorter than a frame


def test_a_model_of_waveforms_with_a_length(tmp_path: Path) -> None:
    pcm = voice(1, 0)
    expected = np.abs(pcm / 32767)
    length, share = ("length", INT64, ("b",)), ("share", FLOAT, ("b",))
    for number, (shape, others) in enumerate([(("b", "n"), ()), (("b", 1, "n"), (length,)), ((1, "n"), (share,))]):
        model = OnnxModel(write_waveform(tmp_path / f"{number}.onnx", shape, others))
        np.testing.assert_allclose(model.embed(pcm), [expected.mean(), expected.max()], rtol=1e-4)


def test_models_that_cannot_be_used_are_refused_with_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError, match="ONNX"):
        OnnxModel(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="ONNX"):
        OnnxModel(tmp_path / "none.onnx")
    with pytest.raises(ModelError, match="8000 Hz"):
        OnnxModel(write_spectral(tmp_path / "rate.onnx", sample_rate="8000"))
    odd = write_model(tmp_path / "odd.onnx", [("x", FLOAT, (1, 1, "t", 80))], [("Abs", ["x"], "y", {})], ["y"])
    with pytest.raises(ModelError, match=r"x \[1, 1, 't', 80\]") as caught:
        OnnxModel(odd)
    assert "Waveforms" in caught.value.hint
    frames = write_model(tmp_path / "frames.onnx", [("x", FLOAT, (1, "t", 80))], [("Abs", ["x"], "y", {})], ["y"])
    with pytest.raises(ModelError, match="no vector"):
        OnnxModel(frames).embed(voice(0, 0))


# Clusters


def test_clusters_by_similarity_by_number_and_their_doubts() -> None:
    near, far = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    between = (near + 0.9 * far) / np.linalg.norm(near + 0.9 * far)
    vectors = np.stack([near, near, between, far, far, near]).astype(np.float32)
    found = cluster(vectors, 0.9)
    assert found.labels.tolist() == [0, 0, 2, 1, 1, 0]
    two = cluster(vectors, count=2)
    assert two.labels.tolist() == [0, 0, 0, 1, 1, 0]
    assert two.margins.argmin() == 2
    assert two.nearest.tolist() == [1, 1, 1, 0, 0, 1]
    assert two.silhouette is not None
    assert 0.5 < two.silhouette < 1
    assert cluster(vectors, count=1).silhouette is None
    assert cluster(vectors, count=6).labels.tolist() == list(range(6))
    assert cluster(vectors[:1]).labels.tolist() == [0]
    with pytest.raises(RecipeError, match="1 to 6"):
        cluster(vectors, count=7)


# The name list


@pytest.mark.parametrize(
    ("name", "label"),
    [("speaker3", "speaker3"), ("Anna", "speaker_anna"), ("Anna Lena", "speaker_anna_lena"), ("", ""),
     ("Ярослав", "speaker_ярослав"), ("नमिता", "speaker_नमिता"), ("../a/b", "speaker_a_b"),
     ("李 雷", "speaker_李_雷")],
)  # fmt: skip
def test_labels_are_read_back_as_speakers(name: str, label: str) -> None:
    assert label_of(name) == label
    if label:
        assert speaker_named(f"{label}_take12") == label


@pytest.mark.parametrize("name", ["!!", "a" * 41, "x take 2", "\N{GRINNING FACE}"])
def test_names_that_no_file_can_have_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="letters and digits"):
        label_of(name)


def test_the_same_name_twice_is_one_person(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    speakers = [("Anna", ["a.wav"]), ("Bo", ["b.wav"]), ("ANNA ", ["c.wav"]), ("", ["d.wav"])]
    path.write_text(write_names(speakers, [Rejection("x.wav", "silent", "why")]), encoding="utf-8-sig")
    assert [(p.name, p.recordings) for p in read_names(path)] == [
        ("Anna", ("a.wav", "c.wav")), ("Bo", ("b.wav",)), ("", ("d.wav",)),
    ]  # fmt: skip


def edited(**change: object) -> str:
    data: dict[str, object] = {"format": "wakesmith speakers 1", "speakers": [{"name": "A", "recordings": ["a.wav"]}]}
    return json.dumps(data | change, ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": "wakesmith speakers 1",\n "speakers": [,]}', "line 2, column"),
        (edited(format="other"), "is not a name list"),
        (edited(speakers={}), "is not a name list"),
        ("[]", "is not a name list"),
        (edited(speakers=[{"name": 7, "recordings": []}]), "entry 1 of `speakers`: a name in quotation marks"),
        (edited(speakers=[{"name": "A", "recordings": "a.wav"}]), "is a list of file names. Received: \"a.wav\""),
        (edited(speakers=[{"name": "A", "recording": []}]), 'needs "name" and "recordings"'),
        (edited(speakers=[{"name": "A", "recordings": ["a.wav"]}, {"name": "B", "recordings": ["a.wav"]}]),
         "a.wav stands under 'A' and 'B'"),
        (edited(speakers=[{"name": "A B", "recordings": []}, {"name": "a-b", "recordings": []}]), "same file names"),
        (edited(speakers=[{"name": "??", "recordings": []}]), "letters and digits are allowed"),
        ('{"format": "wakesmith speakers 1", "speakers": [{"name": "A", "name": "B", "recordings": []}]}', "twice"),
    ],
)  # fmt: skip
def test_faults_of_a_list_are_named_and_nothing_is_renamed(
    family: Path, tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(family)
    (tmp_path / "n.json").write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "apply", family, tmp_path / "n.json")
    assert code == 4
    assert said in err
    assert err.count("\n") >= 2  # what to do stands below
    assert contents(family) == before


# Apply and undo


def test_apply_names_files_as_the_listing_reads_them_and_undo_brings_all_back(
    family: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(family)
    names = write_list(tmp_path / "n.json", Ána=["a.wav", "дом.wav"], speaker2=["sub/c.wav", "b.wav"])
    code, planned, _ = run(capsys, "apply", family, names, "--dry-run", "--json")
    assert code == 0
    assert contents(family) == before
    code, done, _ = run(capsys, "apply", family, names, "--json")
    assert (code, done["moves"], done["unlisted"]) == (0, planned["moves"], ["d.WAV", "e f.wav"])
    assert set(contents(family)) - {f"{KEPT}/renamed-0001.json"} == {
        "speaker_ána_take1.wav", "speaker_ána_take2.wav", "sub/speaker2_take1.wav", "speaker2_take2.wav", "d.WAV",
        "e f.wav",
    }  # fmt: skip
    listed = list_recordings(DataRecipe(positives=(family,))).recordings
    assert {r.speaker for r in listed} == {"speaker_ána", "speaker2", ""}
    code, undone, _ = run(capsys, "undo", family, "--json")
    assert (code, len(undone["restored"])) == (0, 4)
    assert contents(family) == before
    code, _, err = run(capsys, "undo", family)
    assert code == 4
    assert "nothing to undo" in err


def test_names_in_use_are_never_taken_and_a_second_apply_is_undone_first(family: Path, tmp_path: Path) -> None:
    write_wav(family / "Speaker_A_take1.flac", voice(2, 0))
    before = contents(family)
    apply_plan(family, plan_moves(family, read_names(write_list(tmp_path / "1.json", A=["a.wav", "b.wav"]))))
    middle = contents(family)
    assert {"speaker_a_take2.wav", "speaker_a_take3.wav"} <= set(middle)
    second = plan_moves(
        family, read_names(write_list(tmp_path / "2.json", A=["speaker_a_take3.wav"], B=["speaker_a_take2.wav"]))
    )
    assert [move.new for move in second.moves] == ["speaker_b_take1.wav"]
    assert second.kept == ("speaker_a_take3.wav",)
    apply_plan(family, second)
    undo(family)
    assert contents(family) == middle
    undo(family)
    assert contents(family) == before


def _apply_and_die(folder: Path, names: Path, moves: int) -> None:
    """Apply in a process that is killed at its worst moments: after so many moves, while a file has both names."""
    link, left = os.link, [moves]

    def counted(old: Path, new: Path) -> None:
        link(old, new)
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    os.link = counted  # type: ignore[assignment]
    apply_plan(folder, plan_moves(folder, read_names(names)))
    os._exit(0)


@pytest.mark.parametrize("moves", range(5))
def test_a_kill_in_the_middle_is_undone(family: Path, tmp_path: Path, moves: int) -> None:
    before = contents(family)
    names = write_list(tmp_path / "n.json", A=["a.wav", "дом.wav"], B=["b.wav", "sub/c.wav"])
    if (child := os.fork()) == 0:
        _apply_and_die(family, names, moves)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (moves < 4)
    if moves < 3:
        with pytest.raises(DataError, match="cut off") as caught:
            apply_plan(family, Plan((), (), ()))
        assert "speakers undo" in caught.value.hint
    assert undo(family).stuck == ()
    assert contents(family) == before


def test_a_file_that_cannot_be_renamed_leaves_all_as_it_was(
    family: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(family)
    plan = plan_moves(family, read_names(write_list(tmp_path / "n.json", A=["a.wav", "b.wav", "e f.wav"])))
    write_wav(family / "speaker_a_take3.wav", voice(2, 0))  # came into being since
    with pytest.raises(DataError, match="old names"):
        apply_plan(family, plan)
    assert (
        contents(family).keys() - before.keys() == {"speaker_a_take3.wav"}
        if plan.moves[2].new.endswith("wav")
        else True
    )
    (family / "speaker_a_take3.wav").unlink()

    def no_links(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    apply_plan(family, plan)
    undo(family)
    assert contents(family) == before


def test_undo_names_what_it_cannot_bring_back_and_overwrites_nothing(
    family: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = write_list(tmp_path / "n.json", A=["a.wav", "b.wav", "d.WAV", "e f.wav"])
    assert run(capsys, "apply", family, names)[0] == 0
    (family / "a.wav").write_bytes(b"new")
    (family / "speaker_a_take2.wav").unlink()
    (family / "speaker_a_take4.wav").write_bytes(b"edited")
    code, undone, _ = run(capsys, "undo", family, "--json")
    assert code == 4
    assert [fault.split()[0] for fault in undone["stuck"]] == ["speaker_a_take2.wav", "speaker_a_take1.wav"]
    assert (undone["changed"], (family / "a.wav").read_bytes()) == (["e f.wav"], b"new")
    assert (family / "d.WAV").is_file()


def test_recordings_that_are_gone_are_named(family: Path, tmp_path: Path) -> None:
    names = write_list(tmp_path / "n.json", A=["a.wav", "none.wav", "../family/b.wav"])
    with pytest.raises(DataError, match=r"2 recordings .* none.wav, ../family/b.wav"):
        plan_moves(family, read_names(names))


# The whole command


def test_analyze_groups_a_folder_and_loses_nothing_silently(
    family: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (family / "broken.wav").write_bytes(b"RIFF no sound")
    (family / "notes.txt").write_text("hello")
    write_wav(family / "silent.wav", np.zeros(16_000, np.int16))
    (family / "link.wav").symlink_to(family / "a.wav")
    Path(os.fsdecode(os.fsencode(family) + b"/\xff.wav")).write_bytes((family / "a.wav").read_bytes())
    before = contents(family)
    model = write_spectral(tmp_path / "m.onnx")
    code, found, err = run(capsys, "analyze", family, "--model", model, "--n-clusters", 2, "--workers", 1, "--json")
    assert (code, "Traceback" in err) == (0, False)
    assert {frozenset(m["recording"] for m in g["members"]) for g in found["groups"]} == {
        frozenset({"a.wav", "дом.wav", "d.WAV"}), frozenset({"b.wav", "sub/c.wav", "e f.wav"}),
    }  # fmt: skip
    assert {r["reason"] for r in found["left_out"]} == {"name", "link", "silent", "not_audio"}
    assert found["passed_over"] == {".txt": 1}
    assert found["short"] == 6
    report = (family / "speakers.md").read_text(encoding="utf-8")
    assert all(
        part in report for part in ("6 recordings in 2 groups", "little of the speaker", "broken.wav", "\\xff.wav")
    )
    names = json.loads((family / "speakers.json").read_text(encoding="utf-8"))
    assert len(names["left_out"]) == 4
    assert run(capsys, "analyze", family)[0] == 4  # the list may have been edited
    assert run(capsys, "apply", family, family / "speakers.json")[0] == 0
    assert run(capsys, "undo", family)[0] == 0
    (family / "speakers.json").unlink()
    (family / "speakers.md").unlink()
    assert contents(family) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("analyze", "none"), 4, "does not exist"),
        (("analyze", "."), 4, "holds no recordings"),
        (("analyze", ".", "--similarity", "1.5"), 2, "--similarity: 0 to 1"),
        (("analyze", ".", "--n-clusters", "0"), 2, "--n-clusters: 1 to"),
        (("analyze", ".", "--out", "names.txt"), 4, ".json is expected"),
        (("apply", ".", "none.json"), 4, "cannot be read"),
        (("undo", "."), 4, "nothing to undo"),
    ],
)
def test_refusals(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found, _, err = run(capsys, *words)
    assert found == code
    assert said in err


def test_a_folder_of_which_nothing_can_be_used_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    code, _, err = run(capsys, "analyze", tmp_path, "--workers", 1)
    assert code == 4
    assert "none of the 1 recordings" in err
    assert "a.wav" in err


@pytest.mark.voices
def test_a_real_voice_is_more_like_itself_than_like_another_size() -> None:
    texts = ("please turn the lights off", "what will the weather be like")
    joe = [to_pcm16(speak(text)) for text in texts]
    small = [np.interp(np.arange(0, len(pcm), 1.35), np.arange(len(pcm)), pcm).astype(np.int16) for pcm in joe]
    vectors = np.stack([unit(cepstra.embed(cut_speech(pcm))) for pcm in (*joe, *small)])
    assert cluster(vectors, count=2).labels.tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
