"""What the analysis says of recordings and of feature caches."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from trainer.cli import main
from trainer.core.audio import write_wav
from trainer.core.clips import ClipKind
from trainer.core.ragged import write_ragged
from trainer.data.analyse import analyse, recipe_of
from trainer.data.demo import make_test_dataset
from trainer.data.feature_cache import check_features
from trainer.errors import DataError
from trainer.recipe import DataRecipe


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_test_dataset(tmp_path_factory.mktemp("set"), clips=12)


def test_the_same_seed_makes_the_same_dataset(dataset: Path, tmp_path: Path) -> None:
    make_test_dataset(tmp_path, clips=12)
    files = sorted(p.relative_to(dataset) for p in dataset.rglob("*") if p.is_file())
    assert len(files) == 12 * 3 + 3 * 2 + 1
    assert all((dataset / f).read_bytes() == (tmp_path / f).read_bytes() for f in files)


def test_a_folders_name_says_its_kind() -> None:
    recipe = recipe_of([Path("x/positives"), Path("x/music"), Path("x/mine")], {"rooms": [Path("halls")]})
    assert recipe == DataRecipe(
        positives=(Path("x/positives"),),
        negatives=(Path("x/mine"),),
        music=(Path("x/music"),),
        rooms=(Path("halls"),),
    )


def test_copies_and_cut_files_are_named(tmp_path: Path, executor: Executor) -> None:
    for seed, name in ((1, "a"), (1, "b"), (2, "cut")):
        sound = 0.1 * np.random.default_rng(seed).standard_normal(32_000).astype(np.float32)
        write_wav(tmp_path / f"{name}.wav", sound)
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:20_000])
    analysis = analyse(DataRecipe(negatives=(tmp_path,)), executor)
    assert analysis.kinds[ClipKind.SPEECH].files == 2
    assert [(r.reason, Path(r.origin).name) for r in analysis.rejections] == [("duplicate", "b.wav")]
    assert any(f.code == "cut_off" and "cut.wav" in f.message for f in analysis.findings)


def test_where_nothing_is_usable_that_is_an_error(tmp_path: Path, executor: Executor) -> None:
    write_wav(tmp_path / "silent.wav", np.zeros(16_000, np.float32))
    findings = analyse(DataRecipe(negatives=(tmp_path,)), executor).findings
    assert [(f.level, f.code) for f in findings] == [("error", "nothing_usable")]
    said = tmp_path / "said"
    write_wav(said / "noise.wav", 0.1 * np.random.default_rng(1).standard_normal(32_000).astype(np.float32))
    mixed = analyse(DataRecipe(positives=(said,), noise=(tmp_path,)), executor).findings
    errors = [f.message for f in mixed if f.level == "error"]
    assert errors == ["none of the 1 noise recordings can be used"]  # the other kind does not hide it


def test_a_dataset_is_described(dataset: Path, executor: Executor) -> None:
    analysis = analyse(recipe_of([dataset]), executor)
    positive = analysis.kinds[ClipKind.POSITIVE]
    assert (positive.files, positive.speakers, positive.licences) == (12, 6, ("CC0-1.0",))
    assert positive.shortest_s <= positive.median_s <= positive.longest_s < 1.2
    assert -30 < positive.level_dbfs < -5
    assert analysis.formats == {"pcm_s16le 16000 Hz mono": 42}
    assert (analysis.converted, analysis.rejections) == (0, ())
    codes = {f.code for f in analysis.findings}
    assert codes == {"few_positive", "few_speech", "few_near_miss", "few_negatives_per_positive"}
    assert {f.level for f in analysis.findings} == {"warning"}


def test_faults_are_found(tmp_path: Path, executor: Executor) -> None:
    t = np.arange(16_000) / 16_000
    write_wav(tmp_path / "speaker1_take1.wav", (1e-3 * np.sin(2000 * t)).astype(np.float32))
    write_wav(tmp_path / "speaker1_take2.wav", (3 * np.sin(2000 * t)).astype(np.float32))
    (tmp_path / "speaker1_take3.wav").write_text("not a sound")
    (tmp_path / "notes.txt").write_text("x")
    analysis = analyse(DataRecipe(positives=(tmp_path,)), executor)
    assert analysis.kinds[ClipKind.POSITIVE].clipped == 1
    assert [r.reason for r in analysis.rejections] == ["not_audio"]
    assert analysis.passed_over == {".txt": 1}
    assert {f.code for f in analysis.findings} == {"few_positive", "quiet", "one_speaker"}


def rows(dtype: type = np.uint16, width: int = 40, high: int = 600) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, high, (n, width)).astype(dtype) for n in (5, 9)]


def test_a_good_cache_passes(tmp_path: Path) -> None:
    write_ragged(tmp_path / "train" / "store", rows(), np.uint16, (40,))
    np.save(tmp_path / "train" / "store" / "ends.npy", np.array([3, 4], np.int32))
    np.save(tmp_path / "extra.npy", np.stack([rows()[0]] * 3))
    ragged, npy = check_features(tmp_path)
    assert (ragged.form, ragged.rows, ragged.frames, ragged.findings) == ("ragged", 2, 14, ())
    assert (npy.form, npy.rows, npy.frames, npy.findings) == ("npy", 3, 15, ())
    assert 500 < ragged.highest < 600


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (np.zeros((4, 5, 40), np.float32), "dtype"),
        (rows(width=64)[0], "shape"),
        (np.zeros(12, np.uint16), "shape"),
        (rows(high=60_000)[0], "range"),
        (np.zeros((4, 40), np.uint16), "silent"),
        (np.full((4, 40), np.nan, np.float32), "not_finite"),
        (np.array([{}], dtype=object), "unreadable"),
    ],
)
def test_faults_of_plain_files(values: np.ndarray, code: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", values)
    [facts] = check_features(tmp_path)
    assert code in {f.code for f in facts.findings}


def test_faults_of_stores(tmp_path: Path) -> None:
    write_ragged(tmp_path / "a", rows(), np.uint16, (40,))
    (tmp_path / "a" / "values.bin").write_bytes(b"short")
    write_ragged(tmp_path / "b", rows(), np.uint16, (40,))
    np.save(tmp_path / "b" / "ends.npy", np.zeros(7, np.int32))
    write_ragged(tmp_path / "c", [np.zeros((0, 40), np.uint16), *rows()], np.uint16, (40,))
    codes = [[f.code for f in facts.findings] for facts in check_features(tmp_path)]
    assert codes == [["unreadable"], ["index"], ["empty_rows"]]


def test_a_folder_without_features(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no features"):
        check_features(tmp_path)


def test_what_folders_hold_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "negatives"
    for number in range(2):
        write_wav(folder / f"{number}.wav", (np.sin(np.arange(16_000) / (9 + number)) * 8000).astype(np.int16))
    (folder / "notes.txt").write_text("no sound")
    main(["data", "analyse", "--negatives", str(folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert sum(told["formats"].values()) == 2
    assert sum(told["passed_over"].values()) == 1
