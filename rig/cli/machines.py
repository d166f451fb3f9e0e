"""`soulrig machines`: the kinds of machine there are, what each can do, and the machines that soulrig.toml names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soulrig.cli.machine_options import ConfigOption

if TYPE_CHECKING:
    from soulrig.config import Config


def machines(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the tables.")] = False,
) -> None:
    """List the kinds of machine, what each can do, and the machines that soulrig.toml names.

    soulrig.toml is looked for where --config or $SOULRIG_CONFIG say, else in this folder and those above it up to
    your home, else in ~/.config/soulrig. It names machines, and what is used where nothing is asked for:

    \b
      [machines.desk]              # soulrig verify --machine desk
      kind = "vice"                # or sim
      emulator = "x64sc"
      standard = "ntsc"
      roms = {env = "C64_ROMS"}    # any text may come from the environment
      [defaults]
      machine = "desk"
      soul = "my_soul"             # paths begin at the file's folder

    \b
    Examples:
      soulrig machines
      soulrig machines --config lab/soulrig.toml --json

    Exit codes: 0 listed, 2 wrong usage or a mistake in soulrig.toml.
    """
    from soulrig.config import load_config

    loaded = load_config(config)
    content = _content(loaded)
    if as_json:
        print(json.dumps(content))
    else:
        _print_tables(content)


def _content(config: Config) -> dict[str, Any]:
    from soulrig.machine import capabilities
    from soulrig.machines.registry import KINDS

    return {
        "kinds": [
            {
                "name": kind.name,
                "what": kind.what,
                "offers": capabilities(kind.make()),
                "options": {
                    name: {"what": option.what, "expected": option.expected} for name, option in kind.options.items()
                },
            }
            for kind in KINDS.values()
        ],
        "machines": [
            {"name": name, "kind": named.kind.name, "options": dict(named.settings)}
            for name, named in config.machines.items()
        ],
        "default": config.default_machine,
        "config": None if config.path is None else str(config.path),
    }


def _print_tables(content: dict[str, Any]) -> None:
    from rich import box
    from rich.table import Table

    from soulrig.cli.output import Output
    from soulrig.machine import CAPABILITIES

    console = Output()
    kinds = Table("kind", "what it is", "options", box=box.SIMPLE)
    for kind in content["kinds"]:
        kinds.add_row(kind["name"], kind["what"], " ".join(kind["options"]))
    console.print(kinds)
    offers = Table("capability", "a machine that has it", *(kind["name"] for kind in content["kinds"]), box=box.SIMPLE)
    for capability in CAPABILITIES:
        name, what = capability.__name__.lower(), str(capability.__doc__).rstrip(".")
        has = ["yes" if name in kind["offers"] else "-" for kind in content["kinds"]]
        offers.add_row(name, what[0].lower() + what[1:], *has)
    console.print(offers)
    if content["machines"]:
        named = Table("machine", "kind", "options", box=box.SIMPLE)
        for machine in content["machines"]:
            named.add_row(machine["name"], machine["kind"], " ".join(map(_setting, machine["options"].items())))
        console.print(named)
    console.print(f"default: {content['default']}", highlight=False)
    console.print(f"soulrig.toml: {content['config'] or 'none found'}", highlight=False, soft_wrap=True)


def _setting(item: tuple[str, Any]) -> str:
    key, value = item
    return f"{key}=${value['env']}" if isinstance(value, dict) else f"{key}={value}"
