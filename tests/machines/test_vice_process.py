"""VICE as a process: it starts apart from everything else, its faults have names, and nothing of it stays behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bare_rom import write_roms
from left_behind import wait_until

from soulrig.vice_driver import process as process_module
from soulrig.vice_driver.errors import EmulatorNotFound, LaunchFailed, MonitorSilent, PortTaken, ViceDied
from soulrig.vice_driver.options import Emulator, RomFiles, RomTree, Sound, ViceOptions
from soulrig.vice_driver.process import SUPERVISOR, ViceProcess, free_port
from soulrig.vice_driver.text_monitor import TextMonitor

pytestmark = pytest.mark.vice


@pytest.fixture
def roms(tmp_path: Path) -> RomFiles:
    return write_roms(tmp_path)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which VICE's private folders are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def started_for(folder: Path) -> list[int]:
    """Processes of whose arguments one is below `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"{folder}/".encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended
    return found


def ping_on(vice: ViceProcess) -> None:
    """A signal takes its time, so one ping may still be answered."""
    while True:
        vice.monitor.ping()


@pytest.mark.parametrize("emulator", ["x64", "x64sc"])
def test_starts_and_leaves_nothing(emulator: Emulator, roms: RomFiles, temporary: Path) -> None:
    with ViceProcess(ViceOptions(emulator=emulator, roms=roms)) as vice:
        assert vice.monitor.version().startswith("3.")
        assert list(temporary.iterdir()) == [vice.folder]
        assert is_alive(vice.pid)
    assert not is_alive(vice.pid)
    assert list(temporary.iterdir()) == []
    with pytest.raises(LaunchFailed, match="not running"):
        _ = vice.monitor


def test_leaves_nothing_after_an_exception(roms: RomFiles, temporary: Path) -> None:
    with pytest.raises(KeyError), ViceProcess(ViceOptions(roms=roms)) as vice:
        raise KeyError
    assert not is_alive(vice.pid)
    assert list(temporary.iterdir()) == []


def test_several_side_by_side(roms: RomFiles) -> None:
    options = ViceOptions(roms=roms)
    with ViceProcess(options) as one, ViceProcess(options) as other:
        one.monitor.write(0x2000, b"one")
        other.monitor.write(0x2000, b"two")
        assert one.monitor.read(0x2000, 3) == b"one"
        assert one.port != other.port


def test_missing_emulator(roms: RomFiles, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(temporary))
    with pytest.raises(EmulatorNotFound, match="package vice"):
        ViceProcess(ViceOptions(roms=roms)).start()
    assert list(temporary.iterdir()) == []


def test_missing_files(roms: RomFiles, tmp_path: Path, temporary: Path) -> None:
    for options in (
        ViceOptions(roms=RomFiles(tmp_path / "none", roms.basic, roms.chargen)),
        ViceOptions(roms=RomTree(tmp_path)),
        ViceOptions(roms=roms, disk=tmp_path / "none.d64"),
    ):
        with pytest.raises(LaunchFailed, match=f"no .*{tmp_path}"):
            ViceProcess(options).start()
    assert list(temporary.iterdir()) == []


def test_a_wav_in_warp_is_refused() -> None:
    with pytest.raises(ValueError, match="warp"):
        ViceOptions(sound=Sound("wav", "out.wav"))


def test_an_unknown_option_is_told_with_the_log(roms: RomFiles, temporary: Path) -> None:
    with pytest.raises(ViceDied, match="-nonsense") as caught:
        ViceProcess(ViceOptions(roms=roms, extra=("-nonsense",))).start()
    assert caught.value.status != 0
    assert list(temporary.iterdir()) == []


def test_killed_emulator(roms: RomFiles) -> None:
    with ViceProcess(ViceOptions(roms=roms)) as vice:
        os.kill(vice.pid, signal.SIGKILL)
        with pytest.raises(ViceDied, match="SIGKILL") as caught:
            ping_on(vice)
        assert caught.value.status == -signal.SIGKILL
        assert "Main CPU: RESET" in caught.value.log_tail
        assert "Main CPU: RESET" in str(caught.value)


def test_killed_supervisor_takes_vice_along(roms: RomFiles, temporary: Path) -> None:
    with ViceProcess(ViceOptions(roms=roms)) as vice:
        stat = Path(f"/proc/{vice.pid}/stat").read_text(encoding="ascii")
        os.kill(int(stat.rpartition(")")[2].split()[1]), signal.SIGKILL)
        assert wait_until(lambda: not is_alive(vice.pid))
        with pytest.raises(ViceDied):
            ping_on(vice)
    assert list(temporary.iterdir()) == []


# A supervisor that is killed as soon as its folder is there, or when VICE has just been forked from it.
KILLED = {
    "before it tells": "Path.mkdir = lambda folder, **_: (os.mkdir(folder), os.kill(os.getpid(), signal.SIGKILL))",
    "before VICE can know": """
die_with_parent = supervisor._die_with_parent
def kill_first(parent):
    os.kill(parent, signal.SIGKILL)
    while os.getppid() == parent:
        pass
    die_with_parent(parent)
supervisor._die_with_parent = kill_first
""",
}


@pytest.mark.parametrize("moment", KILLED)
def test_killed_at_once_the_supervisor_takes_vice_along(
    moment: str, roms: RomFiles, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(
        f"import os, signal, sys\nfrom pathlib import Path\nsys.path.insert(0, {str(SUPERVISOR.parent)!r})\n"
        f"import supervisor\n{KILLED[moment]}\nsupervisor.main(int(sys.argv[1]), Path(sys.argv[2]))"
    )
    emulator = tmp_path / "x64"  # one that stays, whatever becomes of its folder
    emulator.write_text("#!/bin/sh\nsleep 30; exit\n")
    emulator.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(process_module, "SUPERVISOR", script)
    with pytest.raises(LaunchFailed, match="supervisor ended unexpectedly"):
        ViceProcess(ViceOptions(roms=roms)).start()
    assert list(temporary.iterdir()) == []
    assert wait_until(lambda: not started_for(temporary))


def test_frozen_emulator(roms: RomFiles) -> None:
    with ViceProcess(ViceOptions(roms=roms), timeout=2.0) as vice:
        os.kill(vice.pid, signal.SIGSTOP)
        with pytest.raises(MonitorSilent, match=r"(?s)no reply to PING in 2 s.*RESET"):
            ping_on(vice)
    assert not is_alive(vice.pid)


@pytest.mark.parametrize("holder", ["vice", "mute"])
def test_taken_port(holder: str, roms: RomFiles, temporary: Path) -> None:
    """An older VICE answers on the port, or a program does that says nothing."""
    if holder == "vice":
        with ViceProcess(ViceOptions(roms=roms)) as older:
            with pytest.raises(PortTaken, match=str(older.port)):
                ViceProcess(ViceOptions(roms=roms, port=older.port)).start()
            older.close()
    else:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with pytest.raises(PortTaken, match=str(port)):
                ViceProcess(ViceOptions(roms=roms, port=port), timeout=3.0).start()
    assert list(temporary.iterdir()) == []


def test_another_port_is_tried_when_ours_is_taken(roms: RomFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = free_port()
        ports = iter([server.getsockname()[1], free])
        monkeypatch.setattr(process_module, "free_port", lambda: next(ports))
        with ViceProcess(ViceOptions(roms=roms), timeout=3.0) as vice:
            assert vice.port == free


def test_the_disk_image_is_a_copy(roms: RomFiles, tmp_path: Path) -> None:
    image = tmp_path / "some.d64"
    image.write_bytes(bytes(174848))
    with ViceProcess(ViceOptions(roms=roms, disk=image)) as vice:
        assert vice.disk is not None
        assert vice.disk.parent == vice.folder
        assert vice.monitor.resource("AttachDevice8d0Readonly") == 0
        assert str(vice.disk) in vice.log_tail(1000)
    assert image.read_bytes() == bytes(174848)


def test_text_monitor(roms: RomFiles) -> None:
    with ViceProcess(ViceOptions(roms=roms, text_monitor=True)) as vice:
        vice.monitor.resume()
        vice.monitor.write(0x2000, b"\x5a")
        assert vice.text_port is not None
        with TextMonitor(vice.text_port) as text:
            assert "5a" in text.command("m 2000 2000")
            text.command("> 2000 a5")
            assert text.command("m 2000 2000").startswith(">C:2000  a5")
            text.resume()
        assert vice.monitor.read(0x2000, 1) == b"\xa5"


@pytest.mark.parametrize("how", ["plain", "fork", "thread"])
def test_a_killed_parent_leaves_nothing(how: str, tmp_path: Path, temporary: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("vice_child.py"), tmp_path, how], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child.stdout:
        pid, folder, sleeper = child.stdout.readline().split()
        assert is_alive(int(pid))
        assert Path(folder).parent == temporary
        child.kill()
        child.wait()
    try:
        assert wait_until(lambda: not is_alive(int(pid)))
        assert wait_until(lambda: not list(temporary.iterdir()))
    finally:
        if int(sleeper):
            os.kill(int(sleeper), signal.SIGKILL)
