"""`soulrig.toml`: named machines and defaults.

    [machines.desk]
    kind = "vice"
    roms = "my_roms"                # paths are relative to the file
    port = 6510

    [defaults]
    machine = "desk"
    soul = "my_soul"

Any text can be taken from the environment: `roms = {env = "C64_ROMS"}`. An unknown key is an error.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.errors import BadInput, did_you_mean
from soulrig.machines.registry import KINDS, Kind, Option
from soulrig.model.files import expanded, read_text

FILE, VARIABLE = "soulrig.toml", "SOULRIG_CONFIG"
DEFAULT_KIND = "vice"


@dataclass(frozen=True)
class Named:
    """A machine of the file: its kind, and what is set of it as it is written there."""

    kind: Kind
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Config:
    """What the file says; nothing, where there is no file and `path` is None."""

    path: Path | None = None
    machines: Mapping[str, Named] = field(default_factory=dict)
    default_machine: str = DEFAULT_KIND
    default_soul: Path | None = None

    def machine(self, name: str | None, given: Mapping[str, Any]) -> tuple[Kind, dict[str, Any]]:
        """The kind and the options of the machine `name`, one of the file or a kind; without a name, of the default.

        `given` are options that win over those of the file; one that is None is not given. Raises BadInput for a name
        or an option that there isn't, and for a value that the environment lacks.
        """
        name = self.default_machine if name is None else name
        named = self.machines.get(name)
        if named is None and name not in KINDS:
            known = [*KINDS, *self.machines]
            raise BadInput(f"no machine is called {name!r}{did_you_mean(name, known)}; there are {', '.join(known)}")
        kind = KINDS[name] if named is None else named.kind
        options = {} if named is None else self._values(name, named)
        for option, value in given.items():
            if value is not None and option not in kind.options:
                raise BadInput(
                    f"--{option}: a machine of the kind {kind.name} has none; it has {', '.join(kind.options)}"
                )
            if value is not None:
                options[option] = kind.options[option].from_text(value, f"--{option}")
        return kind, options

    def _values(self, name: str, named: Named) -> dict[str, Any]:
        """The machine's options with the environment's values, and paths from the file's folder."""
        return {
            key: self._value(f"{self.path}: machines.{name}.{key}", value, named.kind.options[key])
            for key, value in named.settings.items()
        }

    def _value(self, origin: str, value: Any, option: Option) -> Any:
        if isinstance(value, dict):
            variable = value["env"]
            if variable not in os.environ:
                raise BadInput(f"{origin}: the environment has no variable {variable}; set it")
            value = os.environ[variable]
            option.check(value, f"{origin}: the environment's {variable}")
        return _path(self.path, value) if option.type is Path else value


def load_config(path: Path | None = None) -> Config:
    """The configuration in `path` or, without one, in the file that is found; an empty one where there is none.

    Looked for are $SOULRIG_CONFIG, `soulrig.toml` in the current folder and its parents up to the user's home, and
    ~/.config/soulrig/soulrig.toml. Raises BadInput that names file and key for anything amiss.
    """
    path = path or find_config()
    if path is None:
        return Config()
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path}: not TOML: {error}") from error
    _check_keys(content, ("machines", "defaults"), path, "")
    machines = {
        name: _named(path, name, table) for name, table in _table(content.get("machines", {}), path, "machines").items()
    }
    defaults = _table(content.get("defaults", {}), path, "defaults")
    _check_keys(defaults, ("machine", "soul"), path, "defaults.")
    for key, value in defaults.items():
        Option(str, "").check(value, f"{path}: defaults.{key}")
    machine = defaults.get("machine", DEFAULT_KIND)
    known = [*KINDS, *machines]
    if machine not in known:
        raise BadInput(f"{path}: defaults.machine: no machine is called {machine!r}{did_you_mean(machine, known)}")
    soul = defaults.get("soul")
    return Config(path, machines, machine, None if soul is None else _path(path, soul))


def find_config() -> Path | None:
    """The file that a command reads which is given none; None where there is none."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    home, here = Path.home(), Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if folder == home:
            break
    last = home / ".config" / "soulrig" / FILE
    return last if last.is_file() else None


def _named(path: Path, name: str, content: Any) -> Named:
    table = _table(content, path, f"machines.{name}")
    if name in KINDS:
        raise BadInput(f"{path}: machines.{name}: {name} is a kind of machine; choose another name")
    if "kind" not in table:
        raise BadInput(f"{path}: machines.{name}: has no key kind, expected {' or '.join(KINDS)}")
    Option(str, "", tuple(KINDS)).check(table["kind"], f"{path}: machines.{name}.kind")
    kind = KINDS[table["kind"]]
    _check_keys(table, ("kind", *kind.options), path, f"machines.{name}.")
    settings = {key: value for key, value in table.items() if key != "kind"}
    for key, value in settings.items():
        origin, option = f"{path}: machines.{name}.{key}", kind.options[key]
        match value:
            case {"env": str(), **rest} if not rest and option.type is not int:
                pass  # looked up when the machine is made: another machine's secret may be missing
            case _:
                option.check(value, origin)
    return Named(kind, settings)


def _table(content: Any, path: Path, key: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise BadInput(f"{path}: {key}: is {content!r}, expected a table [{key}]")
    return content


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], path: Path, prefix: str) -> None:
    for key in table:
        if key not in known:
            raise BadInput(f"{path}: unknown key {prefix}{key}{did_you_mean(key, known)}; known are {', '.join(known)}")


def _path(config: Path | None, value: str) -> Path:
    """A path of the file: from its folder."""
    folder = Path() if config is None else config.parent
    return folder / expanded(Path(value))
