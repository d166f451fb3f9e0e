"""The program on an emulated C64 with its screen on: from the disk to READY. and back, and the clock's truth."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from front_end_build import small_build, small_soul

from soulrig.buildtools.petscii import to_petscii
from soulrig.channels.screen import text_rows
from soulrig.machines.vice import ViceMachine
from soulrig.model.reference import Reference
from soulrig.vice_driver.snapshot import snapshot_clock

pytestmark = [pytest.mark.cc65, pytest.mark.vice]

MAGIC, STATE, SEQUENCE, DONE = 0xCF00, 0xCF05, 0xCF06, 2
STEPS, RECORDS, PREFILL, RECORD_SIZE = 0xCF09, 0xCF0E, 0xCF14, 9
SECONDS = 30  # of the C64, more than anything here takes
PROMPT = "hello, the you"


class Console:
    """A C64 with the program's disk, and somebody at its keyboard."""

    def __init__(self, machine: ViceMachine) -> None:
        self.machine = machine

    def rows(self) -> list[str]:
        return text_rows(self.machine.codes())

    def readies(self) -> int:
        return sum(row.lower() == "ready." for row in self.rows())

    def enter(self, text: str) -> None:
        self.machine.type(to_petscii(text) + b"\r")

    def boot(self) -> None:
        self.machine.wait(lambda: self.readies() == 1, SECONDS, "BASIC")
        self.enter('load"*",8,1')
        self.machine.wait(lambda: self.readies() == 2, SECONDS, "the program's load")
        self.run()

    def run(self) -> None:
        self.enter("run")
        self.machine.wait(lambda: self.machine.read(MAGIC, 4) == b"SOUL", SECONDS, "the program's start")

    def ask(self, prompt: str) -> None:
        sequence = self.number(SEQUENCE, 2) + 1
        self.enter(prompt)
        self.machine.wait(
            lambda: self.number(SEQUENCE, 2) == sequence and self.number(STATE, 1) == DONE, SECONDS, "a reply"
        )

    def number(self, address: int, size: int) -> int:
        return int.from_bytes(self.machine.read(address, size), "little")

    def told_cycles(self) -> int:
        """Prefill and all steps."""
        records = self.number(RECORDS, 2)
        steps = [self.number(records + index * RECORD_SIZE + 1, 4) for index in range(self.number(STEPS, 1))]
        return self.number(PREFILL, 4) + sum(steps)


@pytest.fixture(params=["pal", "ntsc"])
def console(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    small_build("v3").save(tmp_path)
    with ViceMachine(standard=request.param) as machine:
        machine.insert(tmp_path / "soulplayer.d64")
        yield Console(machine)


def test_a_talk_from_run_to_ready_and_once_more(console: Console) -> None:
    soul = small_soul("v3")
    assert soul.tokenizer is not None
    said = "c64> " + soul.tokenizer.decode(Reference(soul).reply(PROMPT).tokens)
    shown = [said[at : at + 40].rstrip() for at in range(0, len(said), 40)]
    console.boot()
    for _ in range(2):
        console.ask(PROMPT)
        rows = console.rows()
        first = rows.index("you> " + PROMPT) + 1
        assert rows[first : first + len(shown)] == shown
        console.enter("q")
        console.machine.wait(lambda: console.readies() == 1, SECONDS, "BASIC after q")
        rows = console.rows()
        end = rows.index("you> q")
        assert [row.lower() for row in rows[end:] if row] == ["you> q", "ready."]
        console.run()


def test_cycles_told_are_those_of_the_emulator(console: Console, tmp_path: Path) -> None:
    symbols = small_build("v3").symbols
    console.boot()
    clocks = []
    with console.machine.stopped() as monitor:
        monitor.feed_keys(to_petscii(PROMPT) + b"\r")
        for label in ("is_quit", "telemetry_finish"):  # RETURN is accepted; the last field but the state is written
            monitor.set_checkpoint(symbols[label], temporary=True)
            monitor.resume()
            while monitor.wait_for_stop(SECONDS) != symbols[label]:
                monitor.events.popleft()  # VICE may tell late of the stop that an earlier command made
            monitor.dump(tmp_path / "clock.vsf")
            clocks.append(snapshot_clock(tmp_path / "clock.vsf"))
    took = clocks[1] - clocks[0]
    assert took > 1_000_000
    assert abs(console.told_cycles() - took) < 0.001 * took
