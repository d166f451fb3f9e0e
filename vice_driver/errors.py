"""The faults of the driver: one small tree, each with the tail of VICE's own log where there is one."""


class ViceError(Exception):
    """Anything that went wrong with an emulator.

    ``log_tail`` holds the last lines of VICE's log, empty where VICE never started.
    """

    def __init__(self, message: str, log_tail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.log_tail = log_tail

    def __str__(self) -> str:
        if not self.log_tail:
            return self.message
        return f"{self.message}\nlast lines of VICE's log:\n{self.log_tail}"


class EmulatorNotFound(ViceError):
    """The emulator's program is not on this machine."""


class LaunchFailed(ViceError):
    """VICE could not be started: a ROM or disk image is missing, or the supervising process failed."""


class PortTaken(ViceError):
    """Another program holds the monitor's TCP port."""


class ViceDied(ViceError):
    """The emulator's process ended by itself.

    ``status`` is its exit status, or minus the signal's number.
    """

    def __init__(self, message: str, log_tail: str = "", status: int | None = None) -> None:
        super().__init__(message, log_tail)
        self.status = status


class MonitorSilent(ViceError):
    """The monitor did not answer in time, or hung up, though the process lives."""


class MonitorRefused(ViceError):
    """The monitor answered a command with an error code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class SnapshotFailed(ViceError):
    """VICE could not write a snapshot, which is where the clock is read: its folder is full, or gone."""


class CpuJammed(ViceError):
    """The 6510 executed an opcode that halts it; ``pc`` is where."""

    def __init__(self, message: str, log_tail: str = "", pc: int | None = None) -> None:
        super().__init__(message, log_tail)
        self.pc = pc


class CyclesExceeded(ViceError):
    """What was waited for did not happen within the emulated time allowed."""
