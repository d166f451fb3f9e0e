"""The machine `serial`: a C64 that runs riglink, at the other end of a cable; with camera and microphone, if given."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from soulrig.buildtools.layout import EVENTS
from soulrig.buildtools.line import BAUD, Line
from soulrig.buildtools.link_protocol import INPUT_OUTPUT, ROMS
from soulrig.capture.camera import as_picture, open_camera
from soulrig.capture.microphone import Microphone, open_microphone
from soulrig.capture.picture import Picture
from soulrig.capture.recording import Recording
from soulrig.channels.screen import seen_rows
from soulrig.errors import BadInput, Fault
from soulrig.link.answering import Event
from soulrig.link.peer import Identity, Peer
from soulrig.machine import NTSC_HZ, PAL_HZ, InVain, Told
from soulrig.machines.comeback import bring_riglink_back

SCREEN, CELLS = 0x0400, 1000
VIC_MEMORY, SECOND_SET = 0xD018, 0x02  # which character set is shown
SILENT_SECONDS = 15.0  # that a C64 may be which is not known to think
PREFILL_SECONDS = 60.0  # the same, from a reply's begin to its first token
START_SECONDS = 30.0  # until a program that was started has opened the line
POLL_SECONDS = 0.1  # longer than the link holds a C64 for another command, so that it goes on with its work


class SerialMachine:
    """A C64 with riglink, or the soul program that holds its core, at `port`.

    `port` is a device, `socket://HOST:PORT` or `rfc2217://HOST:PORT`, `line` what the C64's end of the cable is, `baud`
    another speed than that line's own. Nothing but the cable is used: no monitor, no reset button. Time limits are by
    this computer's clock. `silent` is how many seconds the C64 may be so before that is a fault. Offers Upload, Keys,
    Memory, Screen, Text, Clock, Wire, Reset and Jump.
    """

    def __init__(
        self,
        port: str | None = None,
        line: Line = "swiftlink",
        baud: int | None = None,
        silent: float = SILENT_SECONDS,
    ) -> None:
        self._port = port
        self._line: Line = line
        self._baud = baud or BAUD[line]
        self._silent = silent
        self._stack = ExitStack()
        self._peer: Peer | None = None
        self._identity: Identity | None = None
        self._told: list[Told] = []
        self.description: dict[str, Any] = {
            "kind": "serial",
            "port": port,
            "line": line,
            "baud": self._baud,
            "hertz": PAL_HZ,
            "standard": "pal",
            "cycle_basis": "φ2 cycles by CIA 2 with the screen on, those stolen by the video chip included; "
            "without those in which the cable sends",
        }

    @property
    def hertz(self) -> int:
        """φ2 cycles in a second, by the standard that the C64 has found itself to be of."""
        return int(self.description["hertz"])

    def __enter__(self) -> Self:
        if self._port is None:
            raise BadInput("the machine serial needs its port: --port, or port in soulrig.toml")
        peer = Peer.open(self._port, self._baud, patience=self._silent, on_event=self._hear)
        self._peer = self._stack.enter_context(peer)
        try:
            self._identify()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._peer = None
        self._stack.__exit__(kind, error, trace)

    def upload(self, prg: bytes) -> None:
        """Reset the C64, put a program into it and RUN it; returns once that has opened the line, if it ever does.

        Raises Fault where it hasn't in time: a program without the agent's core never answers again.
        """
        peer = self._connected()
        self.reset()
        peer.load(prg)
        self._told.clear()
        before = peer.starts
        peer.run()
        self.wait(lambda: peer.starts > before, START_SECONDS, "the program to open the line")
        self._identify()

    def type(self, petscii: bytes) -> None:
        """Put keys into the mailbox, ten at a time, whenever that is empty."""
        self._connected().keys(petscii)

    def read(self, address: int, length: int) -> bytes:
        """`length` bytes of RAM from `address`, once the program there asks."""
        return self._connected().peek(address, length)

    def write(self, address: int, data: bytes) -> None:
        """Write `data` into RAM from `address`, once the program there asks."""
        self._connected().poke(address, data)

    def jump(self, address: int) -> None:
        """Go on at `address` with what is banked in as it was: for the soul program no ROMs."""
        linked = self._identity is not None and self._identity.program != "riglink"
        self._connected().jump(address, INPUT_OUTPUT if linked else ROMS)

    def codes(self) -> bytes:
        """The 1000 screen codes at $0400."""
        return self.read(SCREEN, CELLS)

    def text(self) -> list[str]:
        """The rows of the screen at $0400, as they look in the character set that is shown."""
        shown = self._connected().peek(VIC_MEMORY, 1, INPUT_OUTPUT)[0]
        return seen_rows(self.codes(), small_letters=bool(shown & SECOND_SET))

    def cycles(self) -> int:
        """The C64's cycle counter, which begins with riglink's or the program's start, modulo 2^32."""
        return self._connected().cycles()

    def told(self) -> Sequence[Told]:
        """What the program has sent of itself since it was started. Raises Fault where it had to drop some."""
        lost = self._connected().lost_events
        if lost:
            raise Fault(f"{self._port}: the cable failed for so long that the C64 had to drop {lost} notices")
        return list(self._told)

    def reset(self) -> None:
        """Reset the C64 so that riglink survives it; from within the soul program it is brought there first."""
        peer = self._connected()
        if self._identity is not None and self._identity.program == "riglink":
            peer.reset()
        else:
            bring_riglink_back(peer, self._line)
        self._identify()

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait until `condition()`. Raises InVain after so many seconds of this computer's, Fault for a dead line."""
        deadline = time.monotonic() + seconds
        while True:
            late = time.monotonic() > deadline  # before the look: at 2400 baud one at the screen takes four seconds
            if condition():
                return
            if late:
                raise InVain(f"waited {seconds:g} seconds in vain for {what}, at {self._port}")
            time.sleep(POLL_SECONDS)

    def _hear(self, event: Event) -> None:
        self._told.append(Told(event.data, event.arrived))

    def _identify(self) -> None:
        identity = self._connected().identify()
        if identity.driver != self._line:
            raise BadInput(f"--line: the C64 at {self._port} has a {identity.driver}, {self._line} was asked for")
        self._identity = identity
        self.description |= {
            "standard": identity.standard,
            "hertz": PAL_HZ if identity.standard == "pal" else NTSC_HZ,
            "agent": identity.version,
        }
        if identity.kernal_crc is not None:
            self.description["kernal_crc16"] = f"{identity.kernal_crc:04x}"

    def _connected(self) -> Peer:
        """The peer, as patient as what the C64 does asks for."""
        if self._peer is None:
            raise Fault("the machine serial is not connected; enter it first")
        begun = self._told and self._told[-1].content[:1] == bytes([EVENTS["begin"]])
        self._peer.patience = max(self._silent, PREFILL_SECONDS) if begun else self._silent
        return self._peer


class SeenSerialMachine(SerialMachine):
    """The same with a camera, which offers Pixels."""

    def __init__(self, camera: str, **options: Any) -> None:
        super().__init__(**options)
        self._source = camera
        self.description["camera"] = camera

    def __enter__(self) -> Self:
        self._camera = open_camera(self._source)
        return super().__enter__()

    def picture(self) -> Picture:
        """What the camera sees now."""
        return as_picture(self._camera.look())


class _Ears:
    """What a microphone adds to a machine."""

    _microphone: Microphone

    def recorded(self) -> float:
        """Seconds that have been recorded so far."""
        return self._microphone.recorded()

    def heard(self, since: float) -> Recording:
        """What has been recorded from so many seconds on."""
        return self._microphone.heard(since)


class HeardSerialMachine(_Ears, SerialMachine):
    """The same with a microphone."""

    def __init__(self, microphone: str, **options: Any) -> None:
        super().__init__(**options)
        self._microphone = open_microphone(microphone)
        self.description["microphone"] = microphone

    def __enter__(self) -> Self:
        self._stack.enter_context(self._microphone)
        return super().__enter__()


class SeenAndHeardSerialMachine(_Ears, SeenSerialMachine):
    """The same with both."""

    def __init__(self, camera: str, microphone: str, **options: Any) -> None:
        super().__init__(camera=camera, **options)
        self._microphone = open_microphone(microphone)
        self.description["microphone"] = microphone

    def __enter__(self) -> Self:
        self._stack.enter_context(self._microphone)
        return super().__enter__()


def serial_machine(camera: str | None = None, microphone: str | None = None, **options: Any) -> SerialMachine:
    """The machine with what is given of camera and microphone."""
    if camera is not None and microphone is not None:
        return SeenAndHeardSerialMachine(camera, microphone, **options)
    if camera is not None:
        return SeenSerialMachine(camera, **options)
    return SerialMachine(**options) if microphone is None else HeardSerialMachine(microphone, **options)
