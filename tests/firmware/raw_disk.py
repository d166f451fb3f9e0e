"""A disk that was never formatted, as an image of the magnetic flux."""

from __future__ import annotations

HALF_TRACKS, LONGEST = 84, 7928
SIZES = (6250, 6666, 7142, 7692)  # bytes that a track holds, by its speed
HEADER, NUMBER = 12, 4  # bytes


def unformatted() -> bytes:
    """A G64 image without a sync mark on any track: as published, a header, then places and speeds of the tracks."""
    speeds = [3 if track < 18 else 2 if track < 25 else 1 if track < 31 else 0 for track in range(1, 43)]
    places: list[int] = []
    tracks = b""
    for speed in speeds:
        places += [HEADER + 2 * NUMBER * HALF_TRACKS + len(tracks), 0]
        tracks += SIZES[speed].to_bytes(2, "little") + (b"\x55" * SIZES[speed]).ljust(LONGEST, b"\0")
    tables = [*places, *(number for speed in speeds for number in (speed, 0))]
    header = b"GCR-1541\0" + bytes([HALF_TRACKS]) + LONGEST.to_bytes(2, "little")
    return header + b"".join(number.to_bytes(NUMBER, "little") for number in tables) + tracks
