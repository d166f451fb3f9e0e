"""A conversation with the soul on a machine: boot its disk, type at it or give it token ids, wait for the reply."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soulrig.buildtools import petscii
from soulrig.buildtools.build import PROGRAM_NAME, Built, build, build_or_shipped
from soulrig.buildtools.disk_image import read_d64
from soulrig.channels import screen, telemetry
from soulrig.errors import Fault
from soulrig.machine import Jump, Keys, Loader, Machine, Memory, Screen, Upload, is_cartridge, offered
from soulrig.model.soul import Soul

# The C64's own seconds that a step may take before the machine counts as hung.
BOOT_SECONDS = 10
LOAD_SECONDS = 240  # a true 1541 needs two minutes for a full-size program
START_SECONDS = 30
POSITION_SECONDS = 8
PROMPT_SECONDS = 10  # at a cable of a busy computer: one look takes four seconds at 2400 baud

# What is said where nothing is asked for.
DEFAULT_PROMPTS = ("hello", "how are you?", "what is your name?")


def load_and_run(machine: Machine, disk: Path, name: str, run: str = "run") -> None:
    """Insert the disk, load a program from it and type `run`, as a person would. Raises Fault."""
    keys, shown = offered(machine, Keys), offered(machine, Screen)

    def wait_ready(count: int, seconds: float, what: str) -> None:
        """Wait for the `count`-th READY. on the screen; an error message instead is a Fault."""

        def ready() -> bool:
            rows = screen.text_rows(shown.codes())
            errors = [row for row in rows if row.startswith("?")]
            if errors:
                raise Fault(f"the C64 said {errors[0]!r} where {what} was expected")
            return sum(row.lower() == "ready." for row in rows) >= count

        machine.wait(ready, seconds, what)

    def line(text: str) -> None:
        keys.type(petscii.to_petscii(text) + bytes([petscii.RETURN]))

    offered(machine, Loader).insert(disk)
    wait_ready(1, BOOT_SECONDS, "READY. after power-up")
    line(f'load"{name}",8,1')
    wait_ready(2, LOAD_SECONDS, "READY. after LOAD")
    line(run)


def program_for(machine: Machine, soul: Soul) -> Built:
    """The soul's program as the machine needs it: with its cable's line, where it has one. Raises as `build` does."""
    line = machine.description.get("line")
    return build_or_shipped(soul) if line is None else build(soul, wire=line)


class Conversation:
    """A booted soul on a machine, ready for the next prompt."""

    def __init__(self, machine: Machine, manifest: dict[str, Any]) -> None:
        self._machine = machine
        self._keys = offered(machine, Keys)
        self._screen = offered(machine, Screen)
        self._memory = offered(machine, Memory)
        self._symbols = manifest["symbols"]
        self.telemetry = telemetry.Telemetry(self._memory, manifest)
        self._context = manifest["soul"]["context"]

    def boot(self, image: Path) -> None:
        """Insert a disk and start the program by typing at BASIC, as a person would; a cartridge starts it by itself.

        A machine that takes programs over a cable gets the disk's that way. Raises Fault.
        """
        if isinstance(self._machine, Upload):
            self._machine.upload(read_d64(image, PROGRAM_NAME))
        elif is_cartridge(image):
            offered(self._machine, Loader).insert(image)
        else:
            load_and_run(self._machine, image, PROGRAM_NAME)
        self._machine.wait(self.telemetry.present, START_SECONDS, "the program's telemetry after its start")
        self._machine.wait(lambda: self.telemetry.header().state == "idle", START_SECONDS, "the program's first prompt")

    def say(self, prompt: str) -> telemetry.Reading:
        """Type a prompt and wait for the reply's end. Raises Fault."""
        sequence = self.telemetry.header().sequence
        self._keys.type(petscii.to_petscii(prompt) + bytes([petscii.RETURN]))
        self.wait_for_reply(sequence, repr(prompt))
        return self.telemetry.reading()

    def begin(self, ids: Sequence[int]) -> int:
        """Have token ids, 1 to the context's length, answered as if they had been typed; the sequence number before."""
        sequence = self.telemetry.header().sequence
        self._memory.write(self._symbols["prompt_ids"], bytes(ids))
        self._memory.write(self._symbols["prompt_length"], bytes([len(ids)]))
        offered(self._machine, Jump).jump(self._symbols["reply_from_ids"])
        return sequence

    def wait_for_reply(self, sequence: int, what: str) -> None:
        """Wait until the reply to `what`, the first after the one numbered `sequence`, and the next prompt are there.

        Raises Fault.
        """

        def finished() -> bool:
            header = self.telemetry.header()
            return header.sequence != sequence and header.state in ("done", "stopped")

        self._machine.wait(finished, POSITION_SECONDS * (self._context + 1), f"the end of the reply to {what}")
        # The end is told before the screen scrolls and the next prompt is drawn; until then it can't be compared.
        asked = f"the prompt after the reply to {what}"
        self._machine.wait(lambda: screen.asks(self._screen.codes()), PROMPT_SECONDS, asked)

    def codes(self) -> bytes:
        """The screen's codes."""
        return self._screen.codes()
