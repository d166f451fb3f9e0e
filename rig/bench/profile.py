"""What the cycles of a token go to, measured by stopping the machine wherever a routine is called and has returned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from soulrig.buildtools.components import REST
from soulrig.machine import Breakpoints, Clock, Machine, Memory, offered

STACK = 0x0100
TOKEN_SECONDS = 60  # of the C64's, in which a token is drawn
Place = tuple[str, str | None]  # component, and part of it


@dataclass(frozen=True)
class _Call:
    """A routine that has been called and has not returned."""

    place: Place
    stack: int  # pointer at its first instruction
    returns_to: int


class Profile:
    """Runs a booted program's tokens. Cycles that no routine of the manifest's takes belong to REST."""

    def __init__(self, machine: Machine, manifest: dict[str, Any]) -> None:
        self._breakpoints = offered(machine, Breakpoints)
        self._memory = offered(machine, Memory)
        self._clock = offered(machine, Clock)
        told = manifest["components"]
        self._routines = {each["address"]: (each["component"], each["part"]) for each in told["routines"]}
        self._multipliers = {each["address"]: each["part"] for each in told["multipliers"]}
        self._matrices = told["matrices"]
        self._lap, self._drawn = told["places"]["clock_lap"], told["places"]["reply_drawn"]

    def begin(self) -> None:
        """Run to the beginning of a reply's first token: where the program looks at its clock."""
        self._breakpoints.run_to([self._lap], TOKEN_SECONDS * 255, "a reply's first token")

    def token(self, drawn: Callable[[], None], *, detailed: bool) -> Counter[Place]:
        """Run from the beginning of a token to that of the next; its cycles by component and part.

        `drawn` is called when the token is drawn. All is REST where it is not `detailed`.
        """
        cycles: Counter[Place] = Counter()
        calls: list[_Call] = []
        entries = {*self._routines, *self._multipliers} if detailed else set()
        last = self._clock.cycles()
        while True:
            stops = entries | {self._lap, self._drawn} | {call.returns_to for call in calls}
            found = self._breakpoints.run_to(stops, TOKEN_SECONDS, "the end of a token")
            now = self._clock.cycles()
            cycles[calls[-1].place if calls else (REST, None)] += now - last
            last = now
            while calls and found.sp > calls[-1].stack:
                calls.pop()
            if found.pc == self._lap:
                return cycles
            if found.pc == self._drawn:
                drawn()
            elif found.pc in entries:
                calls.append(_Call(self._place(found.pc, found.x, calls), found.sp, self._return_address(found.sp)))

    def _place(self, address: int, x: int, calls: list[_Call]) -> Place:
        if address in self._multipliers:
            return self._matrices[x], self._multipliers[address]
        component, part = self._routines[address]
        return component or (calls[-1].place[0] if calls else REST), part

    def _return_address(self, stack: int) -> int:
        """Where the routine returns to whose first instruction comes next."""
        low, high = (self._memory.read(STACK + (stack + offset & 0xFF), 1)[0] for offset in (1, 2))
        return (low | high << 8) + 1 & 0xFFFF
