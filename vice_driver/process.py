"""One VICE process: started headless in a private folder, watched, and gone when it is left.

Nothing of the user's is changed: HOME is a temporary folder, a disk image is copied. A supervising process
(`supervisor.py`) removes VICE and the folder even when this program is killed.
"""

import json
import os
import secrets
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from soulrig.vice_driver.errors import EmulatorNotFound, LaunchFailed, MonitorSilent, PortTaken, ViceDied, ViceError
from soulrig.vice_driver.monitor import Monitor
from soulrig.vice_driver.options import ViceOptions

HOST = "127.0.0.1"
LOG_LINES = 15
PORT_ATTEMPTS = 5
START_SECONDS = 5.0
DYING_SECONDS = 2.0
# What VICE logs at every resume, every restored snapshot, and of joysticks that aren't there, which drowns all else.
CHATTER = ("Joystick: ", "Sync reset", "Sound: ", "reSID: ", "Error - T64 snapshot", "Increasing trap_func")
SUPERVISOR = Path(__file__).with_name("supervisor.py")


class ViceProcess:
    """A running VICE and its binary monitor, as a context manager.

    ``monitor`` is connected and the CPU is stopped when the context is entered, unless the options ask for none.
    Raises EmulatorNotFound, LaunchFailed, PortTaken, ViceDied or MonitorSilent. ``timeout`` is in seconds of wall
    time: how long the emulator may be silent, at its start and at each later command.
    """

    def __init__(self, options: ViceOptions, timeout: float = 20.0) -> None:
        self.options = options
        self.timeout = timeout
        self.pid = 0
        self.port = 0
        self.text_port: int | None = None
        self.disk: Path | None = None
        self._folder: Path | None = None
        self._monitor: Monitor | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._selector: selectors.BaseSelector | None = None
        self._pending = b""
        self._status: int | None = None

    @property
    def monitor(self) -> Monitor:
        """The binary monitor; raises LaunchFailed outside the context."""
        if self._monitor is None:
            raise LaunchFailed("VICE is not running: enter its context first")
        return self._monitor

    @property
    def folder(self) -> Path:
        """VICE's private folder, removed on leaving; raises LaunchFailed outside the context."""
        if self._folder is None:
            raise LaunchFailed("VICE is not running: enter its context first")
        return self._folder

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(gracefully=kind is None)

    def start(self) -> None:
        """Start VICE and connect; needs `close` later, which the context manager sees to."""
        for attempt in range(1, PORT_ATTEMPTS + 1):
            try:
                self._launch()
                self._connect()
            except PortTaken:
                self.close(gracefully=False)
                # A port that was free when we chose it may be taken by the time VICE binds it.
                if self.options.port is not None or attempt == PORT_ATTEMPTS:
                    raise
            except OSError as error:
                self.close(gracefully=False)
                raise LaunchFailed(f"could not start {self.options.emulator}: {error}") from error
            except BaseException:
                self.close(gracefully=False)
                raise
            else:
                return

    def close(self, gracefully: bool = True) -> None:
        """End VICE and remove its folder. Gracefully means that VICE may complete a WAV's header first."""
        if self._monitor is not None:
            if gracefully and self.exit_status() is None:
                self._quit(self._monitor)
            self._monitor.close()
            self._monitor = None
        if self._supervisor is not None:
            supervisor, self._supervisor = self._supervisor, None
            assert supervisor.stdin is not None
            assert supervisor.stdout is not None
            supervisor.stdin.close()
            try:
                supervisor.wait(self.timeout)
            except subprocess.TimeoutExpired:
                supervisor.kill()
                supervisor.wait()
            supervisor.stdout.close()
        if self._selector is not None:
            self._selector.close()
            self._selector = None
        if self._folder is not None:
            _remove(self._folder)
            self._folder = None

    def exit_status(self) -> int | None:
        """VICE's exit status if it has ended by itself (minus the signal's number), else None."""
        if self._status is None and self._supervisor is not None:
            try:
                answer = self._hear(timeout=0.0)
            except LaunchFailed:
                self._status = -signal.SIGKILL  # VICE dies with its supervisor
            else:
                if answer is not None:
                    self._status = int(str(answer["exit"]))
        return self._status

    def log_tail(self, lines: int = LOG_LINES) -> str:
        """The last lines of VICE's log, empty if there is none."""
        if self._folder is None:
            return ""
        try:
            text = (self._folder / "vice.log").read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join([line for line in text.splitlines() if not line.startswith(CHATTER)][-lines:])

    def diagnose(self, fault: ViceError) -> ViceError:
        """The same fault with the log's tail, or the death that explains it."""
        status = self._await_exit(0.5) if isinstance(fault, MonitorSilent) else self.exit_status()
        if status is not None:
            how = f"signal {-status} ({_signal_name(-status)})" if status < 0 else f"status {status}"
            return ViceDied(f"{self.options.emulator} ended with {how}", self.log_tail(), status)
        fault.log_tail = self.log_tail()
        return fault

    def _launch(self) -> None:
        program = shutil.which(self.options.emulator)
        if program is None:
            raise EmulatorNotFound(
                f"no program {self.options.emulator} on the PATH: "
                "install VICE (Debian and Ubuntu: package vice, component contrib)"
            )
        roms = [] if self.options.roms is None else self.options.roms.arguments()
        self._status, self._pending = None, b""
        # Named here and made there: whichever of the two is killed, the other knows what to remove.
        self._folder = Path(tempfile.gettempdir()) / f"vice-{secrets.token_hex(8)}"
        self._supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", str(SUPERVISOR), str(os.getpid()), str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C at the terminal is for us, not for VICE
        )
        assert self._supervisor.stdout is not None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._supervisor.stdout, selectors.EVENT_READ)
        self._hear_field("folder")
        self.port = self.options.port or free_port()
        self.text_port = free_port() if self.options.text_monitor else None
        order = {
            "argv": [
                program,
                *self._arguments(),
                *roms,
                *self._disk_arguments(),
                *self._cartridge_arguments(),
                *self.options.extra,
            ],
            "env": self._environment(),
        }
        assert self._supervisor.stdin is not None
        self._supervisor.stdin.write(json.dumps(order).encode() + b"\n")
        self._supervisor.stdin.flush()
        self.pid = int(str(self._hear_field("pid")))

    def _arguments(self) -> list[str]:
        options = self.options
        # VICE reads these few first and stops reading them at the first other option.
        arguments = ["-default"]
        if options.console:
            arguments.append("-console")
        if options.seed is not None:
            arguments += ["-seed", str(options.seed)]
        # The log's name serves as the mark by which we know the instance that answers as our own.
        arguments += ["-logfile", str(self.folder / "vice.log"), "-jamaction", "0", f"-{options.standard}"]
        if not options.random_ram:
            arguments += ["-raminitrandomchance", "0", "-raminitstartrandom", "0"]
        arguments.append("-warp" if options.warp else "+warp")
        if options.sound is None:
            # A restored snapshot switches the sound on again: let it have no device to wait for.
            arguments += ["+sound", "-sounddev", "dummy"]
        else:
            arguments += ["-sounddev", options.sound.device]
            if options.sound.argument:
                arguments += ["-soundarg", options.sound.argument]
        if options.serial is not None:
            arguments += options.serial.arguments()
        if options.keys:
            arguments += ["-keybuf", options.keys.replace("\r", "\\x0d")]
        if options.monitor:
            arguments += ["-binarymonitor", "-binarymonitoraddress", f"ip4://{HOST}:{self.port}"]
        if self.text_port is not None:
            arguments += ["-remotemonitor", "-remotemonitoraddress", f"ip4://{HOST}:{self.text_port}"]
        return arguments

    def _disk_arguments(self) -> list[str]:
        image = self.options.disk
        if image is None:
            return ["-drive8truedrive", "-drive8type", "1541"] if self.options.true_drive else ["-drive8type", "0"]
        if not image.is_file():
            raise LaunchFailed(f"no disk image {image}")
        self.disk = self.folder / image.name
        shutil.copyfile(image, self.disk)
        how = (
            ["-drive8truedrive", "-drive8type", "1541"]
            if self.options.true_drive
            else ["+drive8truedrive", "-virtualdev8"]
        )
        return [*how, "-8", str(self.disk)]

    def _cartridge_arguments(self) -> list[str]:
        image = self.options.cartridge
        if image is None:
            return []
        if not image.is_file():
            raise LaunchFailed(f"no cartridge image {image}")
        copy = self.folder / image.name
        shutil.copyfile(image, copy)
        return ["-cartcrt", str(copy)]

    def _environment(self) -> dict[str, str]:
        keep = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        if self.options.console:
            keep.pop("DISPLAY", None)
        return {**keep, "HOME": str(self.folder), **self.options.environment}

    def _connect(self) -> None:
        deadline = time.monotonic() + self.timeout
        self._await_start()
        if not self.options.monitor:
            return
        connection = self._dial(deadline)
        self._monitor = Monitor(connection, self.timeout, self.diagnose)
        # The first command stops the CPU. An older VICE that holds the port would answer too: ask who it is.
        try:
            mark = self._monitor.resource("LogFileName")
        except MonitorSilent as fault:
            self._check_ports()
            raise fault
        if mark != str(self.folder / "vice.log"):
            raise PortTaken(f"another emulator answers on port {self.port} of {HOST}", self.log_tail())
        self._check_ports()

    def _await_start(self) -> None:
        """Wait for the CPU's start, by when VICE has said so if a port was taken."""
        deadline = time.monotonic() + START_SECONDS
        while "Main CPU: starting" not in self.log_tail(1000):
            if self.exit_status() is not None:
                raise self.diagnose(LaunchFailed(f"{self.options.emulator} did not start"))
            if time.monotonic() > deadline:
                break  # a version with other words in its log
            time.sleep(0.002)
        self._check_ports()

    def _dial(self, deadline: float) -> socket.socket:
        while True:
            try:
                connection = socket.create_connection((HOST, self.port), timeout=self.timeout)
            except OSError as error:
                self._check_ports()
                if self.exit_status() is not None or time.monotonic() > deadline:
                    raise self.diagnose(
                        MonitorSilent(f"no monitor on port {self.port} after {self.timeout:g} s: {error}")
                    ) from error
                time.sleep(0.002)
            else:
                return connection

    def _check_ports(self) -> None:
        complaints = [line for line in self.log_tail(1000).splitlines() if "bind() failed" in line]
        if complaints:
            # One that we chose was free a moment ago.
            chosen = f" or {self.text_port}" if self.text_port and self.options.port is None else ""
            ports = f"port {self.port}{chosen}"
            raise PortTaken(f"{ports} of {HOST} is taken", "\n".join(complaints))

    def _quit(self, monitor: Monitor) -> None:
        try:
            monitor.quit()
        except ViceError:
            return  # it is about to be killed anyway
        self._await_exit(2.0)

    def _await_exit(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while self.exit_status() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        return self._status

    def _hear_field(self, name: str) -> object:
        answer = self._hear(self.timeout)
        if answer is None:
            raise LaunchFailed(f"VICE's supervisor said nothing for {self.timeout:g} s")
        if name not in answer:
            raise LaunchFailed(f"could not start {self.options.emulator}: {answer.get('error', answer)}")
        return answer[name]

    def _hear(self, timeout: float) -> dict[str, object] | None:
        """The supervisor's next line; None if there is none in time; LaunchFailed if it has ended."""
        assert self._supervisor is not None
        assert self._supervisor.stdout is not None
        assert self._selector is not None
        deadline = time.monotonic() + timeout
        while b"\n" not in self._pending:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                return None
            piece = os.read(self._supervisor.stdout.fileno(), 4096)
            if not piece:
                raise LaunchFailed("VICE's supervisor ended unexpectedly", self.log_tail())
            self._pending += piece
        line, self._pending = self._pending.split(b"\n", 1)
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer


def _remove(folder: Path) -> None:
    """Remove it, if the supervisor has been killed before it did; VICE, which then dies too, may still write there."""
    deadline = time.monotonic() + DYING_SECONDS
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if time.monotonic() > deadline:
            return
        time.sleep(0.002)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
