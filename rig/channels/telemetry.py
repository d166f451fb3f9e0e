"""The telemetry channel: what the program shows of itself in memory, and whether it is what the reference says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from soulrig.channels.channel import Finding
from soulrig.errors import Fault
from soulrig.machine import Machine, Memory, offered
from soulrig.model.reference import Reply
from soulrig.model.tokenizer import END

Checksum = tuple[int, int]  # s1, s2


@dataclass(frozen=True)
class Header:
    """The telemetry header. `state` and `stop` are names from the manifest."""

    state: str
    sequence: int  # replies begun since the program started, modulo 2^16
    prompt_length: int
    steps: int
    stop: str
    crc: int
    prefill_cycles: int
    ahead: int  # of the prompt's positions those that were there at RETURN; 0 from a program that never tells


@dataclass(frozen=True)
class Reading:
    """One reply as the machine reports it; `steps`, `cycles` and `checksums` have an entry a step.

    From RETURN to the first token it took `prefill_cycles + cycles[0]`. What was computed while the line was typed is
    in neither: `ahead` positions, in `ahead_cycles` φ2 cycles, those in vain included.
    """

    prompt_ids: list[int]
    steps: list[int]  # tokens chosen, END included
    stop: str
    cycles: list[int]
    prefill_cycles: int
    checksums: list[Checksum]
    ahead: int = 0
    ahead_cycles: int = 0

    @property
    def first_token_cycles(self) -> int | None:
        """φ2 cycles from RETURN to the first token; None where there is no token."""
        return self.prefill_cycles + self.cycles[0] if self.cycles else None


class Telemetry:
    """Reads the telemetry of a running program. `manifest` is the one its build wrote."""

    def __init__(self, memory: Memory, manifest: dict[str, Any]) -> None:
        self._memory = memory
        self._layout = manifest["telemetry"]
        self._states = {value: name for name, value in self._layout["states"].items()}
        self._stops = {value: name for name, value in self._layout["stops"].items()}

    def present(self) -> bool:
        """Whether the program runs and has announced itself. Raises Fault where its telemetry is of another version."""
        block = self._block()
        if not self._magic(block):
            return False
        found, expected = self._number(block, "version"), self._layout["version"]
        if found != expected:
            raise Fault(f"the program has telemetry version {found}, its manifest tells of {expected}; build it anew")
        return True

    def header(self) -> Header:
        """The header. Raises Fault where there is none, or one that makes no sense."""
        block = self._block()
        if not self._magic(block):
            raise Fault(
                f"no telemetry at ${self._layout['address']:04X}: found {block[:4].hex(' ')}, "
                f"expected {self._layout['magic']!r}; has the program been left?"
            )
        state, stop = self._number(block, "state"), self._number(block, "stop")
        if state not in self._states or stop not in self._stops:
            raise Fault(f"the telemetry holds state {state} and stop {stop}, which are not defined")
        return Header(
            self._states[state],
            self._number(block, "sequence"),
            self._number(block, "prompt_length"),
            self._number(block, "steps"),
            self._stops[stop],
            self._number(block, "crc"),
            self._number(block, "prefill"),
            self._number(block, "ahead") if "ahead" in self._layout["fields"] else 0,
        )

    def reading(self) -> Reading:
        """The reply that the program has just finished."""
        header = self.header()
        prompt, records = self._layout["prompt_ids"], self._layout["records"]
        if header.prompt_length > prompt["size"] or header.steps > records["count"]:
            raise Fault(
                f"the telemetry tells of {header.prompt_length} prompt ids and {header.steps} steps, "
                f"there is room for {prompt['size']} and {records['count']}"
            )
        prompt_ids = self._memory.read(prompt["address"], header.prompt_length) if header.prompt_length else b""
        size, fields = records["size"], records["fields"]
        data = self._memory.read(records["address"], header.steps * size) if header.steps else b""
        rows = [data[start : start + size] for start in range(0, len(data), size)]

        def column(name: str) -> list[int]:
            place = fields[name]
            return [_little(row, place) for row in rows]

        return Reading(
            list(prompt_ids),
            column("token"),
            header.stop,
            column("cycles"),
            header.prefill_cycles,
            list(zip(column("s1"), column("s2"), strict=True)),
            header.ahead,
            self._ahead_cycles(),
        )

    def _ahead_cycles(self) -> int:
        place = self._layout.get("ahead_cycles")
        return int.from_bytes(self._memory.read(place["address"], place["size"]), "little") if place else 0

    def _block(self) -> bytes:
        return self._memory.read(self._layout["address"], self._layout["size"])

    def _magic(self, block: bytes) -> bool:
        return block.startswith(self._layout["magic"].encode())

    def _number(self, block: bytes, name: str) -> int:
        return _little(block, self._layout["fields"][name])


class TelemetryChannel:
    """The telemetry of a program on a machine that shows its memory."""

    name = "telemetry"

    def __init__(self, machine: Machine, manifest: dict[str, Any]) -> None:
        self._telemetry = Telemetry(offered(machine, Memory), manifest)

    def begin(self) -> None:
        """Nothing to do: the program keeps the last reply."""

    def observe(self, prompt: str, reply: Reply) -> Finding:
        """Compare ids, tokens, logits checksums and what ended the reply."""
        return compare(self._telemetry.reading(), reply, END)


def checksum(logits: npt.NDArray[np.int16]) -> Checksum:
    """`s1 += logit; s2 += s1`, modulo 2^16, over logits (V,) in the order of their ids."""
    partial = np.cumsum(logits.astype(np.int64))
    return int(partial[-1]) & 0xFFFF, int(partial.sum()) & 0xFFFF


def compare(reading: Reading, expected: Reply, end: int) -> Finding:
    """Hold a reading against the reference's reply; `end` is the id of END, which is no part of `tokens`."""
    checksums = [checksum(row) for row in expected.logits]
    seen = {
        "prompt_ids": reading.prompt_ids,
        "tokens": [token for token in reading.steps if token != end],
        "stop": reading.stop,
        "cycles": reading.cycles,
        "prefill_cycles": reading.prefill_cycles,
        "ahead": reading.ahead,
        "ahead_cycles": reading.ahead_cycles,
        "logits_checksums": [list(pair) for pair in reading.checksums],
    }
    return Finding(_difference(reading, expected, checksums), seen)


def _difference(reading: Reading, expected: Reply, checksums: Sequence[Checksum]) -> str | None:
    """The first difference, in words; steps count from 0."""
    if reading.prompt_ids != expected.prompt_ids:
        return f"the prompt became {reading.prompt_ids}, expected {expected.prompt_ids}"
    steps = zip(reading.steps, expected.steps, reading.checksums, checksums, strict=False)
    for number, (token, expected_token, found, wanted) in enumerate(steps):
        if token != expected_token:
            return (
                f"step {number}: token {token}, expected {expected_token}; logits checksum {found}, expected {wanted}"
            )
        if found != wanted:
            return f"step {number}: token {token} is right, its logits are not: checksum {found}, expected {wanted}"
    if len(reading.steps) != len(expected.steps):
        return f"{len(reading.steps)} steps, expected {len(expected.steps)}; stopped by {reading.stop}"
    if reading.stop != expected.stop:
        return f"stopped by {reading.stop}, expected {expected.stop}"
    return None


def _little(data: bytes, place: dict[str, int]) -> int:
    return int.from_bytes(data[place["offset"] : place["offset"] + place["size"]], "little")
