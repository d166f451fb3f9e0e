"""Trials: short programs that run alike on any machine with a memory, and leave what they found as bytes.

A trial is ca65 source. Its code lies from $4000 on, its results from $C000; it starts with interrupts off, chips quiet
and the screen blanked for more than a picture, so that the video chip steals nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soulrig.buildtools.assembler import assemble
from soulrig.buildtools.disk_image import make_d64
from soulrig.channels.screen import text_rows

CODE, RESULTS, DONE = 0x4000, 0xC000, 0x0334
FINISHED = 0x5A
RESULTS_SIZE = 0x1000

CONFIG = f"""
MEMORY {{ MAIN: start = ${CODE:04X}, size = $6000; }}
SEGMENTS {{ CODE: load = MAIN, type = ro, align = $100; }}
"""

PROLOGUE = f"""
.macro blank_line line                  ; waits for a raster line beyond 256
        .local high, low
high:   bit $D011
        bpl high
        lda #<line
low:    cmp $D012
        bne low
.endmacro

RESULTS = ${RESULTS:04X}
result  = $FB                           ; where the next one goes

.code
        sei
        ldx #$FF
        txs
        lda #$7F
        sta $DC0D
        sta $DD0D
        lda $DC0D
        lda $DD0D
        lda #0
        sta $DC0E
        sta $DC0F
        sta $DD0E
        sta $DD0F
        sta $D01A
        lda #$0B
        sta $D011
        lda #<RESULTS
        sta result
        lda #>RESULTS
        sta result + 1
        .repeat 2
        blank_line 256
        blank_line 260
        .endrepeat
        jsr trial
        sei
        lda #${FINISHED:02X}
        sta ${DONE:04X}
        jmp *

; Appends A to the results. Uses: Y
keep:   ldy #0
        sta (result),y
        inc result
        bne kept
        inc result + 1
kept:   rts

trial:
"""


def asm(statements: str) -> str:
    """Source of statements with a semicolon between them; a colon alone is a label without a name."""
    return "".join(f"{statement.strip()}\n" for statement in statements.split(";"))


@dataclass
class Trial:
    """A subroutine in ca65 source, with a name for each byte that it keeps; `source` is what comes first in it."""

    source: str = ""
    names: list[str] = field(default_factory=list)

    def add(self, doing: str, keeping: str, case: str, kept: tuple[str, ...]) -> None:
        """One case: what is done and what is kept, and names for that."""
        self.source += doing + keeping
        self.names += [f"{case}: {what}" for what in kept]

    def code(self) -> bytes:
        """The machine code that runs it."""
        with tempfile.TemporaryDirectory(prefix="soulrig-trial-") as name:
            folder = Path(name)
            (folder / "trial.s").write_text(PROLOGUE + self.source + asm("rts"))
            (folder / "trial.cfg").write_text(CONFIG)
            return assemble([folder / "trial.s"], folder / "trial.cfg", "trial").outputs["trial"]


@contextmanager
def at_ready(machine: Any, folder: Path) -> Iterator[Any]:
    """A machine switched on, its BASIC waiting."""
    disk = folder / "empty.d64"
    disk.write_bytes(make_d64("empty", "00", {}))
    with machine:
        machine.insert(disk)
        machine.wait(lambda: "ready." in map(str.lower, text_rows(machine.codes())), 10, "READY.")
        yield machine


def run_trial(machine: Any, trial: Trial) -> dict[str, int]:
    """Run a trial; each kept byte by its name."""
    assert len(trial.names) == len(set(trial.names)) <= RESULTS_SIZE
    machine.write(CODE, trial.code())
    machine.write(RESULTS, bytes(len(trial.names)))
    machine.write(DONE, b"\0")
    machine.jump(CODE)
    machine.wait(lambda: machine.read(DONE, 1)[0] == FINISHED, 20, "the trial's end")
    return dict(zip(trial.names, machine.read(RESULTS, len(trial.names)), strict=True))


def differences(one: dict[str, int], other: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What two runs of a trial differ in."""
    return {name: (value, other[name]) for name, value in one.items() if value != other[name]}
