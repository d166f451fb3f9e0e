"""What a disk's directory shows, from an image or from a drive.

Read here sector by sector, and not by the library that reads the rig's own disks: what is about to be overwritten may
be damaged in any way, and is shown as far as it goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from soulrig.buildtools.petscii import TEXT
from soulrig.errors import BadInput
from soulrig.flash.image import DIRECTORY_TRACK, Image, Sector

KINDS = ("DEL", "SEQ", "PRG", "USR", "REL")
ENTRY, ENTRIES = 32, 8  # bytes of an entry, entries of a sector
KIND, NAME, BLOCKS = 2, 5, 30  # where they lie in an entry
CLOSED, LOCKED = 0x80, 0x40  # of the kind's byte
FILLER = 0xA0  # behind a name
TITLE, IDENTIFIER = slice(0x90, 0xA0), slice(0xA2, 0xA7)  # of sector 18/0


@dataclass(frozen=True)
class Directory:
    """A disk's title and its files, a row of text each; `damage` says why there is no more to tell."""

    title: str
    files: tuple[str, ...] = ()
    blocks_free: int | None = None
    damage: str | None = None

    @property
    def holds_files(self) -> bool:
        """Whether something would be lost; yes, where it can't be told."""
        return bool(self.files) or self.damage is not None

    def rows(self) -> list[str]:
        """The rows to show."""
        free = [] if self.blocks_free is None else [f"{self.blocks_free} blocks free."]
        return [self.title, *self.files, *free, *([] if self.damage is None else [self.damage])]


def directory_of(image: Image) -> Directory:
    """The directory of an image, as LOAD"$" shows it."""
    head = image.sector(Sector(DIRECTORY_TRACK, 0))
    # Not cut at the first filler, as a title is of fixed width; what stands there is the drive's to choose.
    title = f'0 "{_text(head[TITLE])}" {_text(head[IDENTIFIER])}'
    free = sum(head[4 * track] for track in range(1, 36) if track != DIRECTORY_TRACK)
    files: list[str] = []
    errors, left = image.errors, set(image.sectors)
    following = Sector(DIRECTORY_TRACK, 1)
    while following.track:
        if following not in left:
            return Directory(title, tuple(files), None, f"(the directory is damaged: it goes on at {following})")
        if following in errors:
            return Directory(title, tuple(files), None, f"(the directory is damaged: {following} can't be read)")
        left.remove(following)
        content = image.sector(following)
        entries = [content[ENTRY * number : ENTRY * (number + 1)] for number in range(ENTRIES)]
        files += [_row(entry) for entry in entries if entry[KIND]]
        following = Sector(content[0], content[1])
    return Directory(title, tuple(files), free)


def directory_of_file(name: str, file: bytes) -> Directory:
    """That of a file that should be a D64; one that is none is told as `damage`."""
    try:
        return directory_of(Image.parse(name, file, name))
    except BadInput as error:
        return Directory(name, damage=f"({error})")


def _row(entry: bytes) -> str:
    kind = entry[KIND] & 0x0F
    name = KINDS[kind] if kind < len(KINDS) else "???"
    marks = f"{' ' if entry[KIND] & CLOSED else '*'}{name}{'<' if entry[KIND] & LOCKED else ''}"
    title = f'"{_text(entry[NAME : NAME + 16].rstrip(bytes([FILLER])))}"'
    return f"{int.from_bytes(entry[BLOCKS:ENTRY], 'little'):<4} {title:<18}{marks}"


def _text(petscii: bytes) -> str:
    return "".join(TEXT[code] or "?" for code in petscii)
