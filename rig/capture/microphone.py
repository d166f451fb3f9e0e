"""A microphone at the C64's loudspeaker, or its sound at a line-in: what has been heard since a moment.

A source is a sound device, or a WAV file that some other program is writing (`arecord`, an emulator).
"""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from soulrig.capture.recording import LIVE_RATE, Recording, open_line_in, read_wav
from soulrig.errors import BadInput, Fault


class Microphone(Protocol):
    """Something that hears the sound. Used as a context manager; all raise Fault where it fails."""

    def recorded(self) -> float:
        """Seconds that it has recorded so far."""

    def heard(self, since: float) -> Recording:
        """What it has recorded from so many seconds on."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_microphone(source: str) -> Microphone:
    """That of a WAV file which ends in .wav, or of a device by name or number as `sounddevice` knows it."""
    return SoundFile(Path(source)) if source.lower().endswith(".wav") else LineIn(source)


class SoundFile:
    """A WAV file that is being written; its header may be incomplete yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def recorded(self) -> float:
        """Seconds that are written. Raises BadInput where it is no WAV file."""
        return read_wav(self.path).seconds

    def heard(self, since: float) -> Recording:
        """What is written behind so many seconds. Raises BadInput where it is no WAV file."""
        recording = read_wav(self.path)
        return Recording(recording.samples[round(since * recording.rate) :], recording.rate)

    def __enter__(self) -> Self:
        if not self.path.is_file():  # told now, and not after minutes at the cable
            raise BadInput(f"--microphone: {self.path}: no such WAV file; start the program that writes it first")
        return self

    def __exit__(self, *exception: object) -> None: ...


class LineIn:
    """A sound device, recorded for as long as the context lasts."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._blocks: list[npt.NDArray[np.float32]] = []
        self._lock = threading.Lock()
        self._stream: Any = None

    def __enter__(self) -> Self:
        self._stream = open_line_in(self.device, self._take)
        try:
            self._stream.start()
        except Exception as error:  # PortAudioError, whose module is imported only where it is needed
            self._stream.close()
            raise Fault(f"recording from {self.device} did not start: {error}") from error
        return self

    def __exit__(self, *exception: object) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def recorded(self) -> float:
        """Seconds that it has recorded so far."""
        with self._lock:
            return sum(map(len, self._blocks)) / LIVE_RATE

    def heard(self, since: float) -> Recording:
        """What it has recorded from so many seconds on."""
        with self._lock:
            samples = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        return Recording(samples[round(since * LIVE_RATE) :], LIVE_RATE)

    def _take(self, block: npt.NDArray[np.float32], *_: object) -> None:
        with self._lock:
            self._blocks.append(block[:, 0].copy())
