"""A floppy's image as sectors: what a D64 file holds, and what was read from a drive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from soulrig.errors import BadInput
from soulrig.model.files import read_bytes

SECTOR = 256
DIRECTORY_TRACK = 18
NO_ERROR = (0, 1)  # of a sector, in a D64 with error information
ZONES = ((17, 21), (24, 19), (30, 18), (40, 17))  # up to this track, sectors on each


class Sector(NamedTuple):
    """The address of a sector: tracks count from 1, sectors from 0."""

    track: int
    number: int

    def __str__(self) -> str:
        return f"{self.track}/{self.number}"


def sectors_on(track: int) -> int:
    """How many sectors a track has. Raises ValueError for a track that there isn't."""
    for last, count in ZONES:
        if 1 <= track <= last:
            return count
    raise ValueError(f"a floppy has no track {track}")


def sectors_of(tracks: int) -> list[Sector]:
    """Every sector of a disk with so many tracks, in the order of a D64."""
    return [Sector(track, number) for track in range(1, tracks + 1) for number in range(sectors_on(track))]


SECTORS = {tracks: len(sectors_of(tracks)) for tracks in (35, 40)}
SIZES = {
    SECTORS[tracks] * (SECTOR + extra): (tracks, extra) for tracks in SECTORS for extra in (0, 1)
}  # bytes of a file: tracks, bytes of error information a sector


@dataclass(frozen=True)
class Image:
    """A disk of 35 or 40 tracks: 256 bytes a sector, in the order of a D64.

    `codes` is a D64's error information, a byte a sector, or nothing where it has none.
    """

    name: str  # that of its file
    content: bytes
    codes: bytes = b""

    @classmethod
    def load(cls, path: Path) -> Self:
        """The image in a D64 file. Raises BadInput where there is none."""
        return cls.parse(path.name, read_bytes(path), str(path))

    @classmethod
    def parse(cls, name: str, file: bytes, origin: str) -> Self:
        """The image that a file's bytes are. Raises BadInput, naming `origin`, where they are none."""
        if len(file) not in SIZES:
            known = ", ".join(f"{size} ({_kind(*kind)})" for size, kind in SIZES.items())
            raise BadInput(f"{origin}: is no D64 image: it has {len(file)} bytes; an image has {known}")
        tracks, _ = SIZES[len(file)]
        return cls(name, file[: SECTORS[tracks] * SECTOR], file[SECTORS[tracks] * SECTOR :])

    def with_errors(self, errors: Mapping[Sector, int]) -> Image:
        """The same with error information: the codes of the sectors that can't be read; none where all can."""
        codes = bytes(errors.get(sector, NO_ERROR[-1]) for sector in self.sectors) if errors else b""
        return Image(self.name, self.content, codes)

    @property
    def file(self) -> bytes:
        """The D64 file."""
        return self.content + self.codes

    @property
    def errors(self) -> dict[Sector, int]:
        """The error codes of the sectors that have one: those can't be read."""
        marked = zip(self.sectors, self.codes, strict=False)
        return {sector: code for sector, code in marked if code not in NO_ERROR}

    @property
    def tracks(self) -> int:
        """How many there are."""
        return next(tracks for tracks, count in SECTORS.items() if count * SECTOR == len(self.content))

    @property
    def sectors(self) -> list[Sector]:
        """All there are, in their order."""
        return sectors_of(self.tracks)

    def sector(self, which: Sector) -> bytes:
        """The 256 bytes of a sector."""
        before = sum(sectors_on(track) for track in range(1, which.track)) + which.number
        return self.content[before * SECTOR : (before + 1) * SECTOR]

    def used_sectors(self) -> list[Sector]:
        """Those that the disk's map of blocks says are used; all, where it has no map that counts right.

        The map: four bytes a track from byte 4 of sector 18/0, the number of free sectors and a bit for each, lowest
        first, 1 where it is free. It tells of tracks 1 to 35.
        """
        table = self.sector(Sector(DIRECTORY_TRACK, 0))
        used = []
        for track in range(1, self.tracks + 1):
            entry = table[4 * track : 4 * track + 4] if track <= min(SECTORS) else bytes(4)
            bits = int.from_bytes(entry[1:], "little")
            if bits.bit_count() != entry[0] or bits >> sectors_on(track):
                return self.sectors
            used += [Sector(track, number) for number in range(sectors_on(track)) if not bits >> number & 1]
        return used


class Difference(NamedTuple):
    """A sector that is not what it should be, and in what way; None where it is no matter of a sector."""

    sector: Sector | None
    what: str

    def __str__(self) -> str:
        return self.what if self.sector is None else f"{self.sector}: {self.what}"


def differences(wanted: Image, found: Image, sectors: Sequence[Sector]) -> list[Difference]:
    """Where what was read differs from what should be there; `found` has at least the tracks of these sectors."""
    return list(_differences(wanted, found, sectors))


def _differences(wanted: Image, found: Image, sectors: Sequence[Sector]) -> Iterator[Difference]:
    errors = found.errors
    for sector in sectors:
        expected, there = wanted.sector(sector), found.sector(sector)
        if sector in errors:
            yield Difference(sector, f"can't be read (error {errors[sector]})")
        elif expected != there:
            wrong = [place for place, (one, other) in enumerate(zip(expected, there, strict=True)) if one != other]
            first = wrong[0]
            yield Difference(
                sector,
                f"{len(wrong)} bytes differ, the first at ${first:02X}: "
                f"${there[first]:02X} where ${expected[first]:02X} was expected",
            )


def check_floppy(image: Image) -> None:
    """Raise BadInput for an image that a drive's DOS can't write: of 40 tracks, or with errors."""
    if image.tracks > min(SECTORS):
        raise BadInput(f"{image.name}: has {image.tracks} tracks, a 1541 writes {min(SECTORS)}; only a card takes it")
    if image.errors:
        named = ", ".join(map(str, sorted(image.errors)[:3]))
        raise BadInput(
            f"{image.name}: {len(image.errors)} of its sectors are marked as errors ({named}), "
            "which a drive can't write; only a card takes it"
        )


def _kind(tracks: int, extra: int) -> str:
    return f"{tracks} tracks{', with errors' if extra else ''}"
