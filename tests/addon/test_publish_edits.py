"""YAML of devices: shown, edited, put back byte for byte; what the user changed meanwhile is kept."""

import shutil
from pathlib import Path

import pytest

from addon.errors import Conflict, NotFound
from addon.publish.backups import MOST_KEPT, Backups, EditState, digest
from addon.publish.esphome_yaml.errors import ConfigError
from addon.publish.folders import HomeFolder
from tests.addon.esphome_home import CORPUS, DEVICES
from tests.addon.pressroom import Pressroom, pressroom
from tests.addon.test_publish_killed import KITCHEN


def kitchen_of(room: Pressroom, data: bytes = KITCHEN) -> Path:
    path = room.home / "esphome" / "kitchen.yaml"
    path.write_bytes(data)
    return path


async def test_every_device_of_the_corpus_comes_back_byte_for_byte(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        esphome = room.home / "esphome"
        shutil.copytree(CORPUS, esphome, dirs_exist_ok=True)
        before = {p: p.read_bytes() for p in esphome.rglob("*") if p.is_file()}
        model = await room.add("good_morning")
        edited = 0
        for name in DEVICES:
            try:
                change = await room.edits.preview(name, model.id)
            except ConfigError:
                continue
            assert (esphome / name).read_bytes() == change.before == before[esphome / name]
            edit = await room.edits.apply(name, model.id, expected=digest(change.before))
            assert (esphome / name).read_bytes() == change.after
            assert f"wakesmith/{model.id}.json" in change.diff
            assert await room.edits.apply(name, model.id) == ""  # done twice changes nothing
            undone = await room.edits.undo(edit)
            assert undone.exact
            assert (await room.edits.undo(edit)).exact  # undone twice is undone
            edited += 1
        assert edited >= 12
        assert {p: p.read_bytes() for p in before} == before


async def test_the_device_gains_the_sensitivities_of_the_report(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen_of(room)
        model = await room.add()
        change = await room.edits.preview("kitchen.yaml", model.id)
        for word in ("low", "medium", "high", "240", "216", "190"):
            assert word in change.diff
        assert change.after.count(b"\r\n") == change.after.count(b"\n")
        plain = await room.add("alexa", report={})
        assert "set_probability_cutoff" not in (await room.edits.preview("kitchen.yaml", plain.id)).diff


async def test_what_the_user_changed_since_is_kept(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        model = await room.add()
        edit = await room.edits.apply("kitchen.yaml", model.id)
        added = b"\r\n# mine\r\nlogger:\r\n  level: WARN\r\n"
        kitchen.write_bytes(kitchen.read_bytes() + added)
        undone = await room.edits.undo(edit)
        assert not undone.exact
        assert "was changed since" in undone.message
        assert kitchen.read_bytes() == KITCHEN + added


async def test_an_upgrade_that_is_taken_back_brings_the_version_before(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        first, second = await room.add(), await room.add()
        await room.edits.apply("kitchen.yaml", first.id)
        before = kitchen.read_bytes()
        edit = await room.edits.apply("kitchen.yaml", second.id)
        assert first.id.encode() not in kitchen.read_bytes()
        kitchen.write_bytes(kitchen.read_bytes() + b"# mine\r\n")
        assert not (await room.edits.undo(edit)).exact
        assert kitchen.read_bytes() == before + b"# mine\r\n"


async def test_a_word_without_a_version_that_a_person_named_comes_back(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen, own = kitchen_of(room), b"models:\r\n    - model: wakesmith/hey_jarvis.json\r\n"
        kitchen.write_bytes(b"esp32:\r\nmicrophone:\r\nmicro_wake_word:\r\n  " + own)
        edit = await room.edits.apply("kitchen.yaml", (await room.add()).id)
        kitchen.write_bytes(kitchen.read_bytes() + b"# mine\r\n")
        assert not (await room.edits.undo(edit)).exact
        assert kitchen.read_bytes().endswith(own + b"# mine\r\n")


async def test_copies_of_a_file_are_as_private_as_it_is(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen_of(room).chmod(0o600)
        edit = await room.edits.apply("kitchen.yaml", (await room.add()).id)
        place = room.home / "esphome/.wakesmith" / edit
        assert {(place / name).stat().st_mode & 0o777 for name in ("before", "after")} == {0o600}


async def test_an_edit_that_was_never_written_takes_nothing_away(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        first, second = await room.add(), await room.add()
        await room.edits.apply("kitchen.yaml", first.id)
        before, change = kitchen.read_bytes(), await room.edits.preview("kitchen.yaml", second.id)
        Backups(HomeFolder(str(room.home))).begin("kitchen.yaml", "hey_jarvis", second.id, before, change.after)
        kitchen.write_bytes(before + b"# mine\r\n")  # the app was killed just then, and the user went on
        await room.edits.recover()
        assert kitchen.read_bytes() == before + b"# mine\r\n"


async def test_a_file_that_is_not_as_it_was_shown_is_left_alone(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        model = await room.add()
        shown = await room.edits.preview("kitchen.yaml", model.id)
        kitchen.write_bytes(KITCHEN + b"# mine\r\n")
        with pytest.raises(Conflict) as caught:
            await room.edits.apply("kitchen.yaml", model.id, expected=digest(shown.before))
        assert caught.value.code == "changed"
        assert kitchen.read_bytes() == KITCHEN + b"# mine\r\n"
        assert room.files("esphome") == ["esphome/kitchen.yaml"]


@pytest.mark.parametrize(
    "name",
    ["../kitchen.yaml", "/etc/passwd", "common/part.yaml", "secrets.yaml", ".hidden.yaml", "nowhere.yaml", "", ".",
     "..", "kitchen.yaml\0", "notes.txt", "x" * 300 + ".yaml", "folder.yaml", "..\\kitchen.yaml"],
)  # fmt: skip
async def test_a_name_from_outside_is_never_a_path(tmp_path: Path, name: str) -> None:
    async with pressroom(tmp_path) as room:
        esphome = room.home / "esphome"
        for path in (
            "common/part.yaml",
            "secrets.yaml",
            ".hidden.yaml",
            "notes.txt",
            "folder.yaml/x",
            "../kitchen.yaml",
        ):
            (esphome / path).parent.mkdir(exist_ok=True)
            (esphome / path).write_bytes(KITCHEN)
        model = await room.add()
        before = {p: (room.home / p).read_bytes() for p in room.files()}
        with pytest.raises(NotFound) as caught:
            await room.edits.apply(name, model.id)
        assert caught.value.code == "esphome_missing"
        assert {p: (room.home / p).read_bytes() for p in room.files()} == before


async def test_links_within_the_folder_stay_links_and_none_leads_out(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        kitchen.chmod(0o640)
        link = kitchen.with_name("linked.yaml")
        link.symlink_to("kitchen.yaml")
        model = await room.add()
        edit = await room.edits.apply("linked.yaml", model.id)
        assert link.is_symlink()
        assert kitchen.read_bytes() != KITCHEN
        assert kitchen.stat().st_mode & 0o777 == 0o640
        assert (await room.edits.undo(edit)).exact
        assert kitchen.read_bytes() == KITCHEN
        assert kitchen.stat().st_mode & 0o777 == 0o640
        outside = tmp_path / "outside.yaml"
        outside.write_bytes(KITCHEN)
        kitchen.with_name("out.yaml").symlink_to(outside)
        with pytest.raises(Conflict) as caught:
            await room.edits.apply("out.yaml", model.id)
        assert caught.value.code == "outside"
        assert outside.read_bytes() == KITCHEN
        with_include = KITCHEN + b"wifi: !include ../../outside.yaml\r\n"
        kitchen.write_bytes(with_include)  # what it includes out there is not read
        await room.edits.apply("kitchen.yaml", model.id)


@pytest.mark.parametrize("edit", ["", "..", "../../kitchen", "20260101T000000-0123abcd", "x"])
async def test_an_edit_that_never_was(tmp_path: Path, edit: str) -> None:
    async with pressroom(tmp_path) as room:
        with pytest.raises(NotFound) as caught:
            await room.edits.undo(edit)
        assert caught.value.code == "no_edit"


async def test_a_backup_that_is_damaged_is_not_written_back(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        model = await room.add()
        edit = await room.edits.apply("kitchen.yaml", model.id)
        (room.home / "esphome/.wakesmith" / edit / "before").write_bytes(b"damaged")
        assert not (await room.edits.undo(edit)).exact  # by the editor, which needs no backup
        assert kitchen.read_bytes() == KITCHEN


async def test_backups_do_not_pile_up(tmp_path: Path) -> None:
    async with pressroom(tmp_path) as room:
        kitchen = kitchen_of(room)
        model = await room.add()
        kept = await room.edits.apply("kitchen.yaml", model.id)
        folder = room.home / "esphome/.wakesmith"
        for number in range(MOST_KEPT + 5):
            old = folder / f"20200101T000000-{number:08x}"
            shutil.copytree(folder / kept, old)
            record = (old / "edit.json").read_text().replace(kept, old.name)
            (old / "edit.json").write_text(record.replace(EditState.TAKEN, EditState.UNDONE))
        await room.edits.undo(kept)
        assert await room.edits.apply("kitchen.yaml", model.id)
        assert len(list(folder.iterdir())) == MOST_KEPT
        assert (folder / kept).is_dir()
        assert kitchen.read_bytes() != KITCHEN
