"""What devices and Home Assistant say of themselves is read whatever it is, and merged into one list by MAC."""

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.fleet import Delivery
from addon.satellites.delivery import House, describe
from addon.satellites.mdns import TYPE, Announced, read_announcement
from addon.satellites.merging import Configuration, merge
from addon.satellites.registry import read_answer
from addon.satellites.text import clean, clean_file, clean_mac, is_older
from tests.addon.scripted_home import external, flashed

HOME = House(linked=True, dashboard=True, folder=True)


def told(*rows: dict[str, Any]) -> Any:
    return read_answer({"satellites": list(rows)})[0]


@given(st.dictionaries(st.binary(max_size=20), st.none() | st.binary(max_size=400), max_size=8), st.text(max_size=80))
def test_any_announcement_is_read(properties: dict[bytes, bytes | None], name: str) -> None:
    found = read_announcement(f"{name}.{TYPE}", properties, ["not an address", "0.0.0.0", "10.0.0.9"])
    assert found.address == "10.0.0.9"
    for value in (found.service, found.name, found.version, found.board, found.project):
        assert value.isprintable()
        assert len(value) <= 64
    assert found.mac == "" or (len(found.mac) == 12 and set(found.mac) <= set(string.hexdigits.lower()))


def test_what_is_broken_is_left_empty_and_the_rest_is_kept() -> None:
    properties = {
        b"mac": b"\xff\xfe",
        b"FRIENDLY_NAME": "K\u00fcche\u202e\x00\n1".encode(),
        b"version": b"9" * 400,
        b"\xc3": None,
    }
    found = read_announcement(f"kitchen.{TYPE}", properties, [])
    assert (found.mac, found.name, found.service) == ("", "K\u00fcche 1", "kitchen")
    assert len(found.version) == 24


@pytest.mark.parametrize(
    ("given", "mac"),
    [
        ("AA:bb-cc.dd:EE:01", "aabbccddee01"), ("aabbccddee01", "aabbccddee01"), ("00:00:00:00:00:00", ""),
        ("ffffffffffff", ""), ("aabbccddee", ""), ("aabbccddee0102", ""), ("x" * 10_000, ""), (12, ""), (None, ""),
    ],
)  # fmt: skip
def test_a_mac_is_twelve_digits_or_nothing(given: Any, mac: str) -> None:
    assert clean_mac(given) == mac


@pytest.mark.parametrize(
    "bad", ["../secrets.yaml", "a/b.yaml", "a\\b.yaml", ".hidden.yaml", "a.txt", "", "a\n.yaml", 3]
)
def test_a_configuration_is_a_name_and_no_path(bad: Any) -> None:
    assert clean_file(bad) is None
    assert clean_file("living room.yaml") == "living room.yaml"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_answer_of_home_assistant_is_read(value: Any) -> None:
    read_answer({"satellites": value})
    keys = external().keys()
    read_answer({"satellites": [dict.fromkeys(keys, value)]})


@given(st.text(max_size=300))
def test_names_become_one_printable_line(text: str) -> None:
    shown = clean(text)
    assert len(shown) <= 64
    assert shown == shown.strip()
    assert shown.isprintable()
    assert clean(shown) == shown


def test_three_sources_become_one_satellite() -> None:
    heard = Announced("hall", "aabbccddee02", "Liar", "2026.9.0", "esp32", "ESP32", "", "10.0.0.7", 1)
    files = [Configuration("hall.yaml", "hall", uses_wake_word=True), Configuration("other.yaml", "other")]
    devices = merge([heard], told(flashed()), files)
    assert len(devices) == 1
    shown = describe(devices[0], HOME)
    assert (shown.id, shown.name, shown.version, shown.address) == ("aabbccddee02", "Hall", "2026.10.0", "10.0.0.7")
    assert shown.sources == ("mdns", "registry", "dashboard", "files")
    assert shown.delivery is Delivery.FLASH


def test_who_tells_no_mac_is_found_by_its_name_where_that_is_clear() -> None:
    heard = [Announced("hall", "aabbccddee02", "Hall", heard=1), Announced("attic", "", "Attic", heard=2)]
    rows = told(flashed("", name="Hall"), flashed("aabbccddee09", name="Attic"))
    assert {device.id for device in merge(heard, rows, [])} == {"aabbccddee02", "aabbccddee09"}
    twins = [Announced("hall", "aabbccddee02", heard=1), Announced("Hall", "aabbccddee03", heard=2)]
    assert {device.id for device in merge(twins, told(flashed("", name="Hall")), [])} == {
        "aabbccddee02", "aabbccddee03", "name_hall",
    }  # fmt: skip


def test_a_renamed_device_is_one_and_goes_by_its_new_name() -> None:
    heard = [
        Announced("old", "aabbccddee02", "Old", address="10.0.0.7", heard=1),
        Announced("new", "aabbccddee02", "New", address="10.0.0.7", heard=2),
    ]
    (device,) = merge(heard, [], [])
    assert describe(device, HOME).name == "New"


def test_one_mac_at_two_addresses_is_said() -> None:
    heard = [
        Announced(name, "aabbccddee02", address=address, heard=n)
        for n, (name, address) in enumerate((("hall", "10.0.0.7"), ("fake", "10.0.0.66")))
    ]
    (device,) = merge(heard, told(flashed()), [])
    shown = describe(device, HOME)
    assert (shown.code, shown.delivery) == ("double", Delivery.FLASH)
    assert shown.values == {"addresses": "10.0.0.66, 10.0.0.7"}


def test_a_file_of_another_device_is_never_taken() -> None:
    files = [Configuration("kitchen.yaml", "kitchen", uses_wake_word=True)]
    rows = told(flashed(configuration=None, name="Kitchen"), flashed("aabbccddee09", configuration="kitchen.yaml"))
    assert [device.configuration for device in merge([], rows, files)] == [None, "kitchen.yaml"]
    heard = [Announced("plug-1", "aabbccddee02", "Kitchen", heard=1)]
    (device,) = merge(heard, told(flashed(configuration=None, name="Kitchen")), files)
    assert device.configuration is None, "it announces another name than the file makes"
    (device,) = merge([], told(flashed(configuration=None, name="Kitchen")), files)
    assert device.configuration == "kitchen.yaml"


def test_a_file_is_found_by_the_name_that_it_makes() -> None:
    heard = [Announced("hall-ddee02", "aabbccddee02", heard=1)]
    files = [Configuration("a.yaml", "hall", suffixed=True, uses_wake_word=True), Configuration("b.yaml", "hall")]
    (device,) = merge(heard, [], files)
    assert device.configuration == "a.yaml"


@pytest.mark.parametrize(
    ("row", "house", "delivery", "code"),
    [
        (external(), HOME, "external", ""),
        (external(online=False), HOME, "external", "offline"),
        (external(most_active=2, active=["a", "b"]), HOME, "external", "full"),
        (external(), House(), "none", "no_integration"),
        (external(entity=None), HOME, "none", "no_entity"),
        (external(), House(linked=True), "none", "no_folder"),
        (flashed(), HOME, "flash", ""),
        (flashed(version="2023.12.1"), HOME, "flash", "too_old"),
        (flashed(uses_wake_word=None), HOME, "flash", ""),
        (flashed(uses_wake_word=False), HOME, "none", "no_wake_word_engine"),
        (flashed(voice=False, uses_wake_word=False), HOME, "none", "no_voice"),
        (flashed(board="esp8266"), HOME, "none", "weak_board"),
        (flashed(configuration=None), HOME, "none", "not_adopted"),
        (flashed(configuration=None), House(linked=True, folder=True), "none", "no_yaml"),
        (flashed(), House(linked=True, folder=True), "none", "no_dashboard"),
        (flashed(), House(folder=True), "none", "no_integration"),
        (flashed(), House(own=True, folder=True), "flash", ""),
        (flashed(), House(linked=True, dashboard=True), "none", "no_folder"),
    ],
)  # fmt: skip
def test_how_a_model_gets_there_and_why_not(row: dict[str, Any], house: House, delivery: str, code: str) -> None:
    (device,) = merge([], told(row), [])
    shown = describe(device, house)
    assert (shown.delivery.value, shown.code) == (delivery, code)
    assert bool(shown.message) == bool(code)


def test_versions_are_compared_as_numbers() -> None:
    assert is_older("2024.6.9", "2024.7.0")
    assert not is_older("2024.10.0", "2024.7.0")
    assert not is_older("2024.7.0-dev", "2024.7.0")
    assert not is_older("nonsense", "2024.7.0")
