"""What a failed test leaves of its C64: picture, text, registers, telemetry, the machine's log."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from soulrig.errors import Fault
from soulrig.machine import Log
from soulrig.model.files import write_beside
from soulrig.testing.c64 import C64, framed
from soulrig.testing.pictures import near
from soulrig.testing.soul import TalkingC64


def leave(c64: C64, folder: Path) -> str:
    """Write `screen.png`, `state.json` and `log.txt` into a folder; what a report says of them, and what is missing.

    What a machine lacks, or can't tell any more, is left out and told. Raises BadInput where the folder can't be
    written to.
    """
    missing: list[str] = []

    def told(what: str, look: Callable[[], Any]) -> Any:
        try:
            return look()
        except Fault as fault:
            missing.append(f"no {what}: {fault}")
            return None

    rows = told("screen", lambda: c64.screen)
    picture = told("picture", lambda: c64.picture)
    machine = c64.machine
    log = told("log", machine.log_tail) if isinstance(machine, Log) else None
    state: dict[str, Any] = {
        "machine": machine.description,
        "cycles": told("clock", lambda: c64.cycles),
        "registers": told("registers", lambda: c64.registers),
        "screen": rows,
    }
    if isinstance(c64, TalkingC64):
        state["telemetry"] = told("telemetry", lambda: telemetry(c64))
    write_beside(folder / "state.json", json.dumps(state, indent=1, ensure_ascii=False).encode() + b"\n")
    if picture is not None:
        picture.save(folder / "screen.png")
    if log:
        write_beside(folder / "log.txt", log.encode() + b"\n")
    lines = [f"evidence: {near(folder)} ({', '.join(sorted(path.name for path in folder.iterdir()))})", *missing]
    if state["registers"]:
        lines.append(" ".join(f"{name} ${value:02X}" for name, value in state["registers"].items()))
    if rows is not None:
        lines += ["the screen:", framed(rows)]
    if log:
        lines += ["the machine's log:", *(f"  {line}" for line in log.splitlines())]
    return "\n".join(lines)


def telemetry(c64: TalkingC64) -> dict[str, Any]:
    """The header and, of a reply that has come to its end, the rest."""
    header = c64.telemetry.header()
    finished = header.state in ("done", "stopped")
    return {"header": asdict(header), "reply": asdict(c64.telemetry.reading()) if finished else None}
