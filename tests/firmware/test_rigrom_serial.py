"""SAVE, VERIFY and open files on VICE's virtual drive, by a program that calls the jump table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from soulrig.buildtools import assembler
from soulrig.buildtools.disk_image import make_d64, read_d64
from soulrig.buildtools.rom import build_roms
from soulrig.vice_driver.options import RomFiles, ViceOptions
from soulrig.vice_driver.process import ViceProcess

pytestmark = [pytest.mark.vice, pytest.mark.cc65]

PATIENCE = 30.0
RESULT, TEXT, DONE = 0x1000, 0x1010, 0x1001
CONFIG = "MEMORY { RAM: start = $C000, size = $1000; } SEGMENTS { CODE: load = RAM, type = ro; }"
HEAD = """
        jsr routine
        bcs failed
        lda #$FF
failed: sta $1000               ; the error, or $FF
        lda #1
        sta $1001
wait:   jmp wait
name:   .byte NAME
name_end:
set_name:
        lda #name_end - name
        ldx #<name
        ldy #>name
        jmp $FFBD
routine:
        jsr set_name
"""
SAVE = """
        lda #1
        ldx #8
        ldy #0
        jsr $FFBA
        lda #$00                ; $2000-$2102 from the pointer in $FB
        sta $FB
        lda #$20
        sta $FC
        lda #$FB
        ldx #$03
        ldy #$21
        jmp $FFD8
"""
VERIFY = """
        lda #1
        ldx #8
        ldy #1
        jsr $FFBA
        lda #1
        jsr $FFD5
        bcs end
        jsr $FFB7
        sta $1002
        clc
end:    rts
"""
READ_STATUS = """
        lda #15
        ldx #8
        ldy #15
        jsr $FFBA
        jsr $FFC0
        bcs end
        ldx #15
        jsr $FFC6
        bcs end
        ldy #0
next:   jsr $FFCF
        sta $1010,Y
        iny
        cmp #13
        bne next
        jsr $FFCC
        lda #15
        jsr $FFC3
end:    rts
"""
WRITE_FILE = """
        lda #2
        ldx #8
        ldy #2
        jsr $FFBA
        jsr $FFC0
        bcs end
        ldx #2
        jsr $FFC9
        bcs end
        ldy #0
next:   tya
        jsr $FFD2
        iny
        cpy #200
        bne next
        jsr $FFCC
        lda #2
        jsr $FFC3
end:    rts
"""


@pytest.fixture
def vice(tmp_path: Path) -> Iterator[ViceProcess]:
    disk = tmp_path / "disk.d64"
    disk.write_bytes(make_d64("serial", "01", {"data": bytes.fromhex("0020") + bytes(range(100))}))
    with ViceProcess(ViceOptions(roms=RomFiles(*build_roms(tmp_path).paths), disk=disk)) as vice:
        vice.monitor.resume()
        deadline = time.monotonic() + PATIENCE
        while vice.monitor.read(0xCC, 1) != b"\0":  # the cursor flashes once READY. is there
            assert time.monotonic() < deadline
            vice.monitor.resume()
        yield vice


def run(vice: ViceProcess, folder: Path, name: str, source: str) -> int:
    """Assemble a routine and call it; the KERNAL's error number, or $FF for none."""
    (folder / "test.cfg").write_text(CONFIG)
    (folder / "test.s").write_text(HEAD.replace("NAME", name) + source)
    program = assembler.assemble([folder / "test.s"], folder / "test.cfg", "test").outputs["test"]
    monitor = vice.monitor
    monitor.write(0xC000, program, bank="ram")
    monitor.write(DONE, bytes(1), bank="ram")
    monitor.set_registers({"PC": 0xC000})
    deadline = time.monotonic() + PATIENCE
    while not monitor.read(DONE, 1, bank="ram")[0]:
        assert time.monotonic() < deadline, hex(monitor.registers()["PC"])
        monitor.resume()
        time.sleep(0.02)
    return monitor.read(RESULT, 1, bank="ram")[0]


def test_save_and_verify(vice: ViceProcess, tmp_path: Path) -> None:
    content = bytes(n % 251 for n in range(0x103))
    vice.monitor.write(0x2000, content, bank="ram")
    assert run(vice, tmp_path, '"KEPT"', SAVE) == 0xFF
    assert run(vice, tmp_path, '"KEPT"', VERIFY) == 0xFF
    assert vice.monitor.read(0x1002, 1, bank="ram")[0] & 0x10 == 0
    vice.monitor.write(0x2050, b"\xff", bank="ram")
    assert run(vice, tmp_path, '"KEPT"', VERIFY) == 0xFF
    assert vice.monitor.read(0x1002, 1, bank="ram")[0] & 0x10
    assert vice.disk is not None
    assert read_d64(vice.disk, "kept") == bytes.fromhex("0020") + content


def test_the_drive_tells_its_status(vice: ViceProcess, tmp_path: Path) -> None:
    assert run(vice, tmp_path, '"S:NOTHING"', READ_STATUS) == 0xFF
    assert vice.monitor.read(TEXT, 3, bank="ram") == b"01,"


def test_a_file_is_written_byte_by_byte(vice: ViceProcess, tmp_path: Path) -> None:
    assert run(vice, tmp_path, '"OUT,P,W"', WRITE_FILE) == 0xFF
    assert vice.disk is not None
    assert read_d64(vice.disk, "out") == bytes(range(200))


def test_an_absent_drive_refuses_the_channel(vice: ViceProcess, tmp_path: Path) -> None:
    assert run(vice, tmp_path, '"X"', READ_STATUS.replace("ldx #8", "ldx #9")) == 5
