"""`soulrig.toml`: where it is looked for, what it sets, and what it says about a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from soulrig.config import Config, find_config, load_config
from soulrig.errors import BadInput

DESK = """
[machines.desk]
kind = "vice"
emulator = "x64sc"
standard = "ntsc"
roms = "my_roms"
port = 6510

[machines.quick]
kind = "sim"
seed = 7
roms = {env = "C64_ROMS"}

[defaults]
machine = "quick"
soul = "souls/mine"
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, empty, with the work going on in a folder two below."""
    home = tmp_path / "home"
    (home / "work" / "here").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SOULRIG_CONFIG", raising=False)
    monkeypatch.chdir(home / "work" / "here")
    return home


def written(path: Path, text: str = DESK) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_without_a_file_there_are_defaults(home: Path) -> None:
    assert load_config() == Config()
    kind, options = load_config().machine(None, {"standard": "ntsc", "roms": None})
    assert (kind.name, options) == ("vice", {"standard": "ntsc"})


def test_the_nearest_file_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(home.parent / "soulrig.toml")  # above the home, which is not looked at
    assert find_config() is None
    places = [
        home / ".config" / "soulrig" / "soulrig.toml",
        home / "soulrig.toml",
        home / "work" / "soulrig.toml",
        home / "work" / "here" / "soulrig.toml",
    ]
    for place in places:
        assert written(place) == find_config()
    monkeypatch.setenv("SOULRIG_CONFIG", "elsewhere.toml")
    assert find_config() == Path("elsewhere.toml")
    with pytest.raises(BadInput, match=r"elsewhere\.toml: can't be read"):
        load_config()
    assert load_config(places[0]).path == places[0]
    monkeypatch.setenv("SOULRIG_CONFIG", "")
    assert find_config() == places[-1]


def test_outside_the_home_it_is_looked_for_up_to_the_root(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "work" / "here"))
    monkeypatch.chdir(home / "work")
    above = written(home.parent / "soulrig.toml")
    assert find_config() == above


def test_machines_and_defaults(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(written(home / "lab" / "soulrig.toml"))
    kind, options = config.machine("desk", {"emulator": "x64", "standard": None})
    assert kind.name == "vice"
    assert options == {"emulator": "x64", "standard": "ntsc", "roms": home / "lab" / "my_roms", "port": 6510}
    assert config.default_soul == home / "lab" / "souls" / "mine"
    assert config.machine("vice", {})[1] == {}
    monkeypatch.setenv("C64_ROMS", "/elsewhere")
    kind, options = config.machine(None, {})
    assert (kind.name, options) == ("sim", {"seed": 7, "roms": Path("/elsewhere")})


def test_a_secret_is_missed_only_where_it_is_needed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("C64_ROMS", raising=False)
    config = load_config(written(home / "soulrig.toml"))
    config.machine("desk", {})
    with pytest.raises(BadInput, match=r"soulrig\.toml: machines\.quick\.roms: .* no variable C64_ROMS"):
        config.machine("quick", {})


def test_what_the_environment_says_is_checked_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(written(home / "soulrig.toml", '[machines.a]\nkind = "vice"\nstandard = {env = "TV"}\n'))
    monkeypatch.setenv("TV", "secam")
    with pytest.raises(
        BadInput, match=r"machines\.a\.standard: the environment's TV: is 'secam', expected pal or ntsc"
    ):
        config.machine("a", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[machine.a]", "unknown key machine (did you mean machines?); known are machines, defaults"),
        ("[defaults]\nmaschine = 'sim'", "unknown key defaults.maschine (did you mean machine?)"),
        ("[defaults]\nmachine = 'simm'", "defaults.machine: no machine is called 'simm' (did you mean sim?)"),
        ("[defaults]\nsoul = 3", "defaults.soul: is 3, expected a text"),
        ("defaults = 3", "defaults: is 3, expected a table [defaults]"),
        ("machines = []", "machines: is [], expected a table [machines]"),
        ("[machines]\na = 3", "machines.a: is 3, expected a table [machines.a]"),
        ("[machines.a]", "machines.a: has no key kind, expected vice or sim"),
        ("[machines.a]\nkind = 'visce'", "machines.a.kind: is 'visce', expected vice or sim"),
        ("[machines.a]\nkind = ['sim']", "machines.a.kind: is ['sim'], expected a text"),
        ("[machines.sim]\nkind = 'sim'", "machines.sim: sim is a kind of machine; choose another name"),
        ("[machines.a]\nkind = 'vice'\nemulater = 'x64'", "unknown key machines.a.emulater (did you mean emulator?)"),
        ("[machines.a]\nkind = 'sim'\nemulator = 'x64'", "unknown key machines.a.emulator; known are kind, standard"),
        ("[machines.a]\nkind = 'vice'\nstandard = 'secam'", "machines.a.standard: is 'secam', expected pal or ntsc"),
        ("[machines.a]\nkind = 'vice'\nroms = 3", "machines.a.roms: is 3, expected the path of a file or folder"),
        ("[machines.a]\nkind = 'vice'\nroms = {environment = 'X'}", "machines.a.roms: is {'environment': 'X'}"),
        ("[machines.a]\nkind = 'vice'\nroms = {env = 'X', or = 'Y'}", "machines.a.roms: is {'env': 'X', 'or': 'Y'}"),
        ("[machines.a]\nkind = 'vice'\nport = true", "machines.a.port: is True, expected a whole number"),
        ("[machines.a]\nkind = 'vice'\nport = {env = 'X'}", "machines.a.port: is {'env': 'X'}"),
        ("[machines.a]\nkind = 'vice'\nport = 65536", "machines.a.port: is 65536, expected 1 to 65535"),
        ("[machines", "not TOML: "),
    ],
)
def test_a_mistake_is_named_by_file_and_key(home: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_config(written(home / "soulrig.toml", text))
    assert str(caught.value).startswith(f"{home / 'soulrig.toml'}: {message}")


def test_a_machine_or_an_option_that_is_not_there(home: Path) -> None:
    config = load_config(written(home / "soulrig.toml"))
    with pytest.raises(BadInput, match=r"'desc' \(did you mean desk\?\); there are vice, sim, serial, desk, quick"):
        config.machine("desc", {})
    with pytest.raises(BadInput, match="--emulator: a machine of the kind sim has none; it has standard, roms, seed"):
        config.machine("sim", {"emulator": "x64"})
