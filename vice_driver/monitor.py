"""A typed client of VICE's binary monitor (API version 2, VICE 3.5 and later).

Source: the VICE manual's chapter "Binary monitor", checked against 3.7.1. The first command stops the CPU,
every further one keeps it stopped; `resume`, `advance`, `finish` and `reset` let it run. One object, one connection,
one thread.
"""

import socket
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

from soulrig.vice_driver.connection import Connection
from soulrig.vice_driver.errors import MonitorSilent, ViceError
from soulrig.vice_driver.protocol import (
    Checkpoint,
    Command,
    Display,
    Memspace,
    Operation,
    counted,
    display_of,
    items,
)

RESET_VECTOR = 0xFFFC
MEMORY_BLOCK = 0x8000  # a reply counts its bytes in 16 bits, so 64 KB must be asked for in parts


class Monitor(Connection):
    """The monitor's commands, by what they are for.

    ``timeout`` and ``diagnose`` are the connection's. Every method may raise MonitorSilent or what ``diagnose`` makes
    of it, and MonitorRefused where VICE answers with an error code.
    """

    def __init__(
        self,
        connection: socket.socket,
        timeout: float = 20.0,
        diagnose: Callable[[ViceError], ViceError] = lambda fault: fault,
    ) -> None:
        super().__init__(connection, timeout, diagnose)
        self._temporary: set[int] = set()
        self._banks: dict[str, int] = {}
        self._register_ids: dict[str, tuple[int, int]] = {}

    # Memory

    def read(
        self,
        address: int,
        length: int,
        bank: str = "cpu",
        memspace: Memspace = Memspace.MAIN,
        side_effects: bool = False,
    ) -> bytes:
        """``length`` bytes from ``address``. Side effects are those of I/O registers that change when read."""
        _check_range(address, length)
        data = b""
        while len(data) < length:
            start = address + len(data)
            end = min(start + MEMORY_BLOCK, address + length) - 1
            body = struct.pack("<BHHBH", side_effects, start, end, memspace, self._bank(bank))
            data += self.command(Command.MEMORY_GET, body)[2:]
        return data

    def write(
        self,
        address: int,
        data: bytes,
        bank: str = "cpu",
        memspace: Memspace = Memspace.MAIN,
        side_effects: bool = False,
    ) -> None:
        """Write ``data`` from ``address``. Side effects are those of I/O registers that are written."""
        _check_range(address, len(data))
        for offset in range(0, len(data), MEMORY_BLOCK):
            part = data[offset : offset + MEMORY_BLOCK]
            start = address + offset
            head = struct.pack("<BHHBH", side_effects, start, start + len(part) - 1, memspace, self._bank(bank))
            self.command(Command.MEMORY_SET, head + part)

    def banks(self) -> dict[str, int]:
        """Names of the memory banks and their numbers; C64: default, cpu, ram, rom, io, cart."""
        if not self._banks:
            for item in items(self.command(Command.BANKS)):
                self._banks[item[3 : 3 + item[2]].decode("ascii")] = int.from_bytes(item[:2], "little")
        return self._banks

    def _bank(self, name: str) -> int:
        banks = self.banks()
        if name not in banks:
            raise ValueError(f"no memory bank {name!r}: this machine has {', '.join(banks)}")
        return banks[name]

    # Registers

    def registers(self, memspace: Memspace = Memspace.MAIN) -> dict[str, int]:
        """All registers by VICE's names: A, X, Y, PC, SP, FL, LIN (raster line), CYC (cycle in it), 00, 01."""
        names = {number: name for name, (number, _) in self._register_table(memspace).items()}
        return {
            names[item[0]]: int.from_bytes(item[1:3], "little")
            for item in items(self.command(Command.REGISTERS_GET, bytes([memspace])))
        }

    def set_registers(self, values: Mapping[str, int], memspace: Memspace = Memspace.MAIN) -> None:
        """Set some registers, by the names `registers` has."""
        table = self._register_table(memspace)
        body = struct.pack("<BH", memspace, len(values))
        for name, value in values.items():
            if name not in table:
                raise ValueError(f"no register {name!r}: this machine has {', '.join(table)}")
            number, bits = table[name]
            if not 0 <= value < 1 << bits:
                raise ValueError(f"register {name} has {bits} bits: {value} does not fit")
            body += struct.pack("<BBH", 3, number, value)
        self.command(Command.REGISTERS_SET, body)

    def _register_table(self, memspace: Memspace) -> dict[str, tuple[int, int]]:
        if not self._register_ids:
            for item in items(self.command(Command.REGISTERS, bytes([memspace]))):
                self._register_ids[item[3 : 3 + item[2]].decode("ascii")] = (item[0], item[1])
        return self._register_ids

    # Checkpoints

    def set_checkpoint(
        self,
        start: int,
        end: int | None = None,
        operation: Operation = Operation.EXECUTE,
        stops: bool = True,
        temporary: bool = False,
        condition: str = "",
    ) -> Checkpoint:
        """Watch the addresses from ``start`` to ``end``, both included.

        A temporary one is deleted by the `wait_for_stop` that finds it hit. The first instruction after a reset is
        never watched.
        ``condition`` is in the text monitor's language. An armed execute checkpoint slows VICE to 0.6 of its speed.
        """
        body = struct.pack("<HHBBBB", start, start if end is None else end, stops, True, operation, False)
        checkpoint = Checkpoint.decode(self.command(Command.CHECKPOINT_SET, body))
        if temporary:
            # VICE has temporary checkpoints too, but 3.7.1 misses most hits of them.
            self._temporary.add(checkpoint.number)
        if condition:
            text = condition.encode("ascii")
            self.command(Command.CONDITION_SET, struct.pack("<IB", checkpoint.number, len(text)) + text)
        return checkpoint

    def checkpoint(self, number: int) -> Checkpoint:
        """The checkpoint with that number, as it is now."""
        return Checkpoint.decode(self.command(Command.CHECKPOINT_GET, struct.pack("<I", number)))

    def checkpoints(self) -> list[Checkpoint]:
        """All checkpoints, by number."""
        replies = self._request(Command.CHECKPOINT_LIST)
        found = [Checkpoint.decode(body) for kind, body in replies if kind == Command.CHECKPOINT_GET]
        # VICE lists one that watches several operations once for each.
        return sorted({checkpoint.number: checkpoint for checkpoint in found}.values(), key=lambda one: one.number)

    def enable_checkpoint(self, number: int, enabled: bool = True) -> None:
        """Arm or disarm a checkpoint."""
        self.command(Command.CHECKPOINT_TOGGLE, struct.pack("<IB", number, enabled))

    def delete_checkpoint(self, number: int) -> None:
        """Forget a checkpoint."""
        self._temporary.discard(number)
        self.command(Command.CHECKPOINT_DELETE, struct.pack("<I", number))

    # Running

    def resume(self) -> None:
        """Let the CPU run, until a checkpoint or the next command."""
        if not self.running:
            self._let_run(Command.RESUME)

    def advance(self, instructions: int = 1, over_subroutines: bool = False) -> None:
        """Execute some instructions (at most 65535) and stop again.

        After a stop by a command, the first one counted may be the return to the program, of no cycles.
        """
        self._run_and_stop(Command.ADVANCE, struct.pack("<BH", over_subroutines, instructions))

    def finish(self) -> None:
        """Run until the subroutine that the CPU is in has returned."""
        self._run_and_stop(Command.FINISH, b"")

    def _run_and_stop(self, command: Command, body: bytes) -> None:
        self.stop()
        self._let_run(command, body)
        if not self._wait_for(lambda: not self.running, self.timeout):
            raise self._diagnose(MonitorSilent(f"{command.name} did not end in {self.timeout:g} s"))

    def stop(self) -> None:
        """Stop the CPU."""
        self.ping()

    def reset(self, hard: bool = True) -> None:
        """Press the reset button, or switch off and on (hard). The CPU runs afterwards."""
        self.stop()
        if self.jammed:
            # After a reset out of a jam VICE goes on where it jammed: 3.7.1 resets the chips and leaves the PC.
            self.set_registers({"PC": int.from_bytes(self.read(RESET_VECTOR, 2, bank="rom"), "little")})
            self.jammed = False
        self._let_run(Command.RESET, bytes([hard]))

    def _let_run(self, command: Command, body: bytes = b"") -> None:
        """Send a command after which the stopped CPU runs; the stop events from then on are its own."""
        self.events.clear()
        self.command(command, body)
        self.running = True

    def quit(self) -> None:
        """End the emulator as its menu does; it completes the files that it writes."""
        self.command(Command.QUIT)

    def wait_for_stop(self, timeout: float) -> int | None:
        """Wait for a checkpoint or a jam; the PC, or None if the CPU still runs after ``timeout`` seconds.

        What came before the stop is left in `events`; `jammed` tells of a jam.
        """
        if not self._wait_for(self._stopped_itself, timeout):
            return None
        hit = {event.checkpoint.number for event in self.events if event.checkpoint is not None}
        for number in hit & self._temporary:
            self.delete_checkpoint(number)
        return self.registers()["PC"]

    @property
    def at_checkpoint(self) -> bool:
        """Whether the CPU, since it was last let run, has met a checkpoint that stops it."""
        return any(event.checkpoint is not None and event.checkpoint.stops for event in self.events)

    @property
    def jam_pc(self) -> int | None:
        """Where the CPU has jammed; None if it has not."""
        return self.registers()["PC"] if self.jammed else None

    def _stopped_itself(self) -> bool:
        # A stop counts only with its reason: a command sent by another client of VICE's stops the CPU as well.
        return self.jammed or (not self.running and self.at_checkpoint)

    # The machine

    def feed_keys(self, petscii: bytes) -> None:
        """Hand PETSCII to VICE, which puts it into the keyboard buffer at a frame when that is empty."""
        if not 0 < len(petscii) < 256:
            raise ValueError(f"1 to 255 bytes can be fed at once, not {len(petscii)}")
        if 0 in petscii:
            raise ValueError("VICE takes a zero byte for the end of the text: it can't be typed")
        self.command(Command.KEYBOARD_FEED, bytes([len(petscii)]) + petscii)

    def dump(self, path: Path, roms: bool = False, disks: bool = False) -> None:
        """Write a snapshot of the machine."""
        self.command(Command.DUMP, bytes([roms, disks]) + counted(str(path.absolute())))

    def undump(self, path: Path) -> int:
        """Load a snapshot; the PC that it holds. The CPU stays stopped."""
        self.jammed = False
        return int.from_bytes(self.command(Command.UNDUMP, counted(str(path.absolute())))[:2], "little")

    def resource(self, name: str) -> int | str:
        """The value of one of VICE's resources."""
        body = self.command(Command.RESOURCE_GET, counted(name))
        value = body[2 : 2 + body[1]]
        return int.from_bytes(value, "little", signed=True) if body[0] else value.decode("utf-8")

    def set_resource(self, name: str, value: int | str) -> None:
        """Set one of VICE's resources."""
        if isinstance(value, int):
            self.command(Command.RESOURCE_SET, b"\x01" + counted(name) + struct.pack("<Bi", 4, value))
        else:
            self.command(Command.RESOURCE_SET, b"\x00" + counted(name) + counted(value))

    def ping(self) -> None:
        """Do nothing but get an answer."""
        self.command(Command.PING)

    def version(self) -> str:
        """VICE's version, as ``3.7.1``."""
        body = self.command(Command.INFO)
        parts = list(body[1 : 1 + body[0]])
        while parts and parts[-1] == 0:
            parts.pop()
        return ".".join(map(str, parts))

    def display(self) -> Display:
        """What the video chip has drawn, with its colours."""
        picture = self.command(Command.DISPLAY, b"\x01\x00")
        return display_of(picture, self.command(Command.PALETTE, b"\x01"))


def _check_range(address: int, length: int) -> None:
    if not 0 <= address < address + length <= 0x10000:
        raise ValueError(f"{length} bytes from {address:#06x} are not within the 64 KB")
