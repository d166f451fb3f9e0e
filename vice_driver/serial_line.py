"""VICE's emulated serial hardware, and what it is connected to."""

from dataclasses import dataclass
from typing import Literal

Hardware = Literal["swiftlink", "userport", "up9600"]


@dataclass(frozen=True)
class SerialLine:
    """A SwiftLink cartridge at $DE00, or an adaptor at the user port, plain or wired as UP9600 wants it.

    `port` is a pseudo terminal's path, or ``127.0.0.1:number`` where somebody listens already. VICE opens it when the
    program on the C64 raises DTR.
    """

    hardware: Hardware
    port: str
    baud: int

    def arguments(self) -> list[str]:
        """The command-line options."""
        device = ["-rsdev1", self.port, "-rsdev1baud", str(self.baud)]
        if self.hardware == "swiftlink":
            return ["-acia1", "-acia1base", "0xDE00", "-acia1mode", "1", "-acia1irq", "0", "-myaciadev", "0", *device]
        wiring = ["-rsuserup9600"] if self.hardware == "up9600" else []
        return ["-userportdevice", "2", *wiring, "-rsuserdev", "0", "-rsuserbaud", str(self.baud), *device]
