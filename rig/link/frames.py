"""The codec of frames: bytes to frames and back. `docs/riglink.md` tells the layout; nothing here knows of a line."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

from soulrig.buildtools.link_protocol import CRC_BEGIN, END, HEADER_SIZE, PREAMBLE, START

FIELDS = slice(1, 7)  # of the header: what its CRC covers
PAYLOAD_MOST = 0x1000  # longer ones are none of ours


@dataclass(frozen=True)
class Frame:
    """One frame: numbers of 8, 8 and 16 bits, and up to PAYLOAD_MOST bytes.

    `damaged` is one of which the header came whole and the payload, which is empty here, did not.
    """

    sequence: int
    code: int
    address: int = 0
    payload: bytes = b""
    damaged: bool = False

    def encode(self, preamble: int = 0) -> bytes:
        """The bytes to send, behind so many bytes of preamble."""
        fields = bytes([self.sequence, self.code]) + _word(self.address) + _word(len(self.payload))
        header_crc = crc16(fields)
        encoded = bytes([PREAMBLE]) * preamble + bytes([START]) + fields + header_crc.to_bytes(2, "big")
        if self.payload:
            encoded += self.payload + crc16(self.payload, header_crc).to_bytes(2, "big") + bytes([END])
        return encoded


def crc16(data: bytes, begin: int = CRC_BEGIN) -> int:
    """CRC-16 with the polynomial $1021, high bit first, nothing inverted; "CRC-16/IBM-3740" in catalogues."""
    return binascii.crc_hqx(data, begin)


class Parser:
    """Takes what a line brings, piece by piece, and finds the frames in it.

    What is damaged is passed over, and searched for the beginning of another frame.
    """

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def waits(self) -> bool:
        """Whether a frame has begun and is not complete."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete with `data`."""
        self._held += data
        return self._search(over=False)

    def silence(self) -> list[Frame]:
        """The same where nothing more will come: what is not complete now is damaged."""
        return self._search(over=True)

    def _search(self, *, over: bool) -> list[Frame]:
        frames: list[Frame] = []
        while True:
            begin = self._held.find(START)
            if begin < 0:
                self._held.clear()
                return frames
            del self._held[:begin]
            frame, size = self._first(over=over)
            if frame is not None:
                frames.append(frame)
            if not size:
                return frames
            del self._held[:size]

    def _first(self, *, over: bool) -> tuple[Frame | None, int]:
        """The frame that begins the held bytes, and how many of them are done with: 0 for wait."""
        held = bytes(self._held)
        if len(held) < HEADER_SIZE:
            return None, int(over)
        fields, header_crc = held[FIELDS], crc16(held[FIELDS])
        length = int.from_bytes(fields[4:6], "little")
        if header_crc != int.from_bytes(held[7:9], "big") or length > PAYLOAD_MOST:
            return None, 1
        frame = Frame(fields[0], fields[1], int.from_bytes(fields[2:4], "little"))
        if not length:
            return frame, HEADER_SIZE
        end = HEADER_SIZE + length
        if len(held) < end + 3:
            return (Frame(frame.sequence, frame.code, frame.address, damaged=True), 1) if over else (None, 0)
        payload, trailer = held[HEADER_SIZE:end], held[end : end + 3]
        if trailer == crc16(payload, header_crc).to_bytes(2, "big") + bytes([END]):
            return Frame(frame.sequence, frame.code, frame.address, payload), end + 3
        return Frame(frame.sequence, frame.code, frame.address, damaged=True), 1


def _word(value: int) -> bytes:
    return value.to_bytes(2, "little")
