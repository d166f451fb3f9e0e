"""Sound files and live sound as samples."""

from __future__ import annotations

import io
import math
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from soulrig.errors import BadInput, Fault
from soulrig.model.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

LIVE_RATE = 44_100
BLOCK = LIVE_RATE // 10  # samples
CHUNK_HEADER = 8
RIFF_HEADER = 12
RATE_AT, PCM_HEADER = 24, 44  # of a file that begins with the 16 bytes of a PCM format
FRAME_AT = 12  # within a format: the bytes of a sample of all channels
CANCELLED = 0.01  # of the loudest channel's energy, below which channels added were of opposite phase
SLOWEST, FASTEST = 1_000, 1_000_000  # Hz, of a label: no true rate that is looked for is so far from another


@dataclass(frozen=True)
class Recording:
    """Mono samples (N,), the full scale being 1, and the rate in Hz that their file claims."""

    samples: npt.NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is, by its label."""
        return len(self.samples) / self.rate


def read_wav(path: Path) -> Recording:
    """A WAV file of any rate, 8 to 32 bits or floating point, its channels added; the loudest, where they cancel.

    A header that was never completed, as an emulator or recorder leaves it when it is killed, is taken to the file's
    end, a sample of which only a part was written left out. Raises BadInput where the file is no WAV, or empty.
    """
    from scipy.io import wavfile

    content = _completed(read_bytes(path), path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks that it does not know
            rate, data = wavfile.read(io.BytesIO(content))
    except (ValueError, ZeroDivisionError, struct.error, EOFError) as error:
        raise BadInput(f"{path}: can't be read as a WAV file: {error}; convert it to 16-bit PCM") from error
    if len(data) == 0:
        raise BadInput(f"{path}: holds no sound")
    if not SLOWEST <= rate <= FASTEST:
        raise BadInput(
            f"{path}: is labelled with {rate:,} samples a second, expected {SLOWEST:,} to {FASTEST:,}; "
            "convert it to 16-bit PCM"
        )
    samples = data.astype(np.float32)
    if data.dtype == np.uint8:
        samples = (samples - 128) / 128
    elif np.issubdtype(data.dtype, np.integer):
        samples /= float(np.iinfo(data.dtype).max)
    samples = np.nan_to_num(samples, posinf=1.0, neginf=-1.0)
    if samples.ndim > 1:
        added, loudest = samples.mean(axis=1), samples[:, (samples**2).sum(axis=0).argmax()]
        samples = added if (added**2).sum() > CANCELLED * (loudest**2).sum() else loudest
    return Recording(samples, int(rate))


def _completed(content: bytes, path: Path) -> bytes:
    """The file with sizes that are true, where its writer did not come to fill them in."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadInput(f"{path}: begins with {content[:4]!r}, expected a WAV file (RIFF); convert it to WAV")
    at, frame = RIFF_HEADER, 1
    while at + CHUNK_HEADER <= len(content):
        (size,) = struct.unpack_from("<I", content, at + 4)
        rest = len(content) - at - CHUNK_HEADER
        if content[at : at + 4] == b"fmt " and rest >= FRAME_AT + 2:
            (frame,) = struct.unpack_from("<H", content, at + CHUNK_HEADER + FRAME_AT)
        if content[at : at + 4] == b"data":
            if size == 0 or size > rest:
                size = rest - rest % max(1, frame)
            sized = content[: at + 4] + struct.pack("<I", size) + content[at + CHUNK_HEADER :]
            return sized[:4] + struct.pack("<I", len(sized) - CHUNK_HEADER) + sized[CHUNK_HEADER:]
        at += CHUNK_HEADER + size + size % 2
    raise BadInput(f"{path}: is a WAV file without sound in it (no chunk 'data')")


def relabel(path: Path, rate: int) -> None:
    """Have a WAV file that an emulator wrote claim another rate, in Hz; its samples stay. Does nothing without one."""
    if not path.is_file() or path.stat().st_size < PCM_HEADER:
        return
    with path.open("r+b") as file:
        file.seek(RATE_AT + 8)
        (frame,) = struct.unpack("<H", file.read(2))  # bytes a sample, of all channels
        file.seek(RATE_AT)
        file.write(struct.pack("<II", rate, rate * frame))


def write_wav(path: Path, recording: Recording) -> None:
    """Write 16-bit PCM beside, then rename. Raises BadInput where it can't."""
    from scipy.io import wavfile

    from soulrig.model.files import write_beside

    buffer = io.BytesIO()
    wavfile.write(buffer, recording.rate, np.round(np.clip(recording.samples, -1, 1) * 32767).astype(np.int16))
    write_beside(path, buffer.getvalue())


def open_line_in(device: str | None, callback: Callable[..., None] | None = None) -> Any:
    """A stream of `sounddevice` from a line-in or microphone, mono, at LIVE_RATE, not started yet.

    `device` is a name, or part of one, or a number, as `sounddevice` knows them; None is the default one. Raises Fault
    where there is none such, or what records is not installed.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: its library PortAudio is missing
        raise Fault(
            f"can't record: {error}; install soulrig[audio] and the system's PortAudio (libportaudio2)"
        ) from error
    selected = int(device) if device is not None and device.isdecimal() else device
    try:
        return sounddevice.InputStream(
            samplerate=LIVE_RATE, channels=1, dtype="float32", device=selected, callback=callback
        )
    except (sounddevice.PortAudioError, ValueError) as error:
        raise Fault(
            f"can't record from {device or 'the default device'}: {error}; `python -m sounddevice` lists the devices, "
            "those that record with inputs (`in`)"
        ) from error


def record(seconds: float | None, device: str | None = None) -> Recording:
    """Record from a line-in or microphone, see `open_line_in`, so many seconds or until Ctrl-C, which goes no further.

    Raises Fault where that fails.
    """
    blocks: list[npt.NDArray[np.float32]] = []
    left = None if seconds is None else math.ceil(seconds * LIVE_RATE)
    stream = open_line_in(device)
    try:
        with stream:
            while left is None or left > 0:
                block, _ = stream.read(BLOCK if left is None else min(BLOCK, left))
                blocks.append(block[:, 0].copy())
                left = None if left is None else left - len(block)
    except KeyboardInterrupt:
        pass  # how a recording without an end is ended
    except Exception as error:  # PortAudioError, whose module is imported only where it is needed
        raise Fault(f"recording from {device or 'the default device'} broke off: {error}") from error
    if not blocks:
        raise Fault("nothing was recorded")
    return Recording(np.concatenate(blocks), LIVE_RATE)
