"""A camera in front of the screen, or a grabber behind the C64: one picture after another, each no older than asked.

A source is a video device of Linux, read through the program ffmpeg, or a picture file that some other program renews
(`ffmpeg -update 1`, a grabber's own).
"""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from soulrig.capture.picture import Picture
from soulrig.capture.reading import open_picture
from soulrig.errors import BadInput, Fault

DEVICES = Path("/dev")
COLOURS = 256
RENEWAL_SECONDS = 10.0  # that a picture file may take to be renewed
DEVICE_SECONDS = 20.0  # that a device may take for a picture
LOOK_SECONDS = 0.05  # between two looks at a file


class Camera(Protocol):
    """Something that sees the screen."""

    def look(self) -> Image.Image:
        """A picture that was taken since the call. Raises Fault."""


def open_camera(source: str) -> Camera:
    """The camera of a device (/dev/video0), or of a picture file. Raises BadInput for neither, or without ffmpeg."""
    path = Path(source)
    if not path.exists() or path.is_dir():
        raise BadInput(f"--camera: {source}: no such device or picture file")
    if not path.is_char_device():
        return PictureFile(path)
    program = shutil.which("ffmpeg")
    if program is None:
        raise BadInput(f"--camera: {source}: a device is read through ffmpeg, which is not on the PATH; install it")
    return VideoDevice(path, program)


@dataclass(frozen=True)
class PictureFile:
    """A file whose picture another program renews."""

    path: Path

    def look(self) -> Image.Image:
        """The first that is renewed from now on."""
        asked = time.time()
        while True:
            try:
                if self.path.stat().st_mtime >= asked:
                    return open_picture(self.path)
            except (OSError, BadInput):
                pass  # being written
            if time.time() > asked + RENEWAL_SECONDS:
                raise Fault(
                    f"{self.path}: holds no picture that was taken in the last {RENEWAL_SECONDS:g} s; "
                    "does the program that renews it still run?"
                )
            time.sleep(LOOK_SECONDS)


@dataclass(frozen=True)
class VideoDevice:
    """A device of Video4Linux."""

    path: Path
    program: str  # ffmpeg

    def look(self) -> Image.Image:
        """A frame that the device captures now."""
        how = ["-loglevel", "error", "-f", "v4l2", "-i", str(self.path), "-frames:v", "1"]
        command = [self.program, *how, "-f", "image2pipe", "-c:v", "png", "-"]
        try:
            run = subprocess.run(command, capture_output=True, timeout=DEVICE_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Fault(f"{self.path}: no picture can be had: {error}") from error
        try:
            return Image.open(io.BytesIO(run.stdout)).convert("RGB")
        except (OSError, SyntaxError) as error:  # SyntaxError: Pillow's of a PNG that is cut off in a chunk
            said = run.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
            raise Fault(
                f"{self.path}: no picture came: ffmpeg ended with status {run.returncode} and said {said[-1]!r}; is it "
                "a camera, has no other program got it, and may you read it?"
            ) from error


def as_picture(image: Image.Image) -> Picture:
    """A photograph with the 256 colours that come nearest."""
    # Without k-means a rare colour may become one far off, and a blank cell a smear.
    reduced = image.quantize(COLOURS, kmeans=1)
    palette = np.array(reduced.getpalette(), np.uint8).reshape(-1, 3)
    return Picture(np.asarray(reduced, np.uint8), palette)
