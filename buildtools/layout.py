"""What firmware and host share: telemetry, its states, and the constants of a soul. One definition, two views.

`config_include` writes the view of the assembler, `telemetry_manifest` that of the host.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from soulrig.errors import BadInput
from soulrig.model.soul import HEAD_DIM, Soul
from soulrig.model.tokenizer import END, FIRST_TEXT, PAD, SEP, UNK

TELEMETRY_ADDRESS = 0xCF00
TELEMETRY_MAGIC = b"SOUL"
TELEMETRY_VERSION = 1
LINE_MAX = 255


@dataclass(frozen=True)
class Field:
    """A little-endian unsigned number of `size` bytes at `offset`."""

    offset: int
    size: int


# The header: 32 bytes; those not named are 0.
HEADER_SIZE = 32
HEADER = {
    "magic": Field(0, 4),
    "version": Field(4, 1),
    "state": Field(5, 1),
    "sequence": Field(6, 2),  # replies begun since the program started
    "prompt_length": Field(8, 1),
    "steps": Field(9, 1),  # records that are valid
    "stop": Field(10, 1),
    "flags": Field(11, 1),
    "prompt_address": Field(12, 2),
    "records_address": Field(14, 2),
    "crc": Field(16, 4),  # CRC-32 of the soul file
    "prefill": Field(20, 4),  # φ2 cycles from RETURN to the prompt's last position
    # How often a reply left a fast path for the exact slow one, up to 65535
    "wide_products": Field(24, 2),  # blocks of rows whose sums need more than 16 bits
    "wide_heads": Field(26, 2),  # heads whose attention reads keys and values of more than 12 bits
    "wide_norms": Field(28, 2),  # rms_norms of numbers beyond 12 bits, with an unusual shift or a gain of -128
    "ahead": Field(30, 1),  # positions of the prompt that were there at RETURN
}
# Of its own, since the header is full: φ2 cycles before RETURN that were spent on the prompt's positions.
AHEAD_CYCLES_SIZE = 4
# One record a step, the one that chose END included.
RECORD_SIZE = 9
RECORD = {
    "token": Field(0, 1),
    "cycles": Field(1, 4),  # φ2 cycles from having the token before to having drawn this one
    "s1": Field(5, 2),  # the logits' checksum: s1 += logit, s2 += s1, modulo 2^16
    "s2": Field(7, 2),
}
# What a program with a cable sends: when a reply begins, as each token is made, and at its end. Whatever the event, all
# are there; `record` is that of the latest step.
NOTICE_HEAD = {
    "event": Field(0, 1),
    "sequence": Field(1, 1),  # the low byte of the header's
    "steps": Field(2, 1),  # records that are valid
    "stop": Field(3, 1),
    "clock": Field(4, 4),  # φ2 cycles since the program's start, modulo 2^32, as the sending begins
}
NOTICE_HEAD_SIZE = 8
NOTICE = NOTICE_HEAD | {name: Field(NOTICE_HEAD_SIZE + field.offset, field.size) for name, field in RECORD.items()}
NOTICE_SIZE = NOTICE_HEAD_SIZE + RECORD_SIZE
EVENTS = {"begin": 1, "token": 2, "end": 3}
STATES = {"idle": 0, "thinking": 1, "done": 2, "stopped": 3}
STOPS = {"none": 0, "end": 1, "context": 2, "limit": 3, "key": 4}


def config_include(soul: Soul, merges: int, engine: dict[str, int]) -> str:
    """`config.inc`: the constants of a soul, of its engine and of the telemetry, for the assembler."""
    sizes = soul.sizes
    constants: dict[str, int] = {
        "VOCAB": sizes.vocabulary,
        "WIDTH": sizes.width,
        "HEADS": sizes.heads,
        "HEAD_DIM": HEAD_DIM,
        "FFN": sizes.ffn,
        "LAYERS": sizes.layers,
        "CONTEXT": sizes.context,
        "TOKEN_UP": 8 - soul.tensors["te"].shift,
        "POSITION_UP": 8 - soul.tensors["pe"].shift,
        "DECODE_END": int(soul.decode == "end"),
        "MAX_REPLY": soul.reply_limit,
        "MERGES": merges,
        "LINE_MAX": LINE_MAX,
        "PARAMETERS": soul.parameters,
        "SOUL_CRC": soul_crc(soul),
        "TOKEN_PAD": PAD,
        "TOKEN_SEP": SEP,
        "TOKEN_UNK": UNK,
        "TOKEN_END": END,
        "TOKEN_FIRST_TEXT": FIRST_TEXT,
        "TM_BASE": TELEMETRY_ADDRESS,
        "TM_SIZE": HEADER_SIZE,
        "TELEMETRY_VERSION": TELEMETRY_VERSION,
        "RECORD_SIZE": RECORD_SIZE,
    }
    constants |= {"NOTICE_SIZE": NOTICE_SIZE, "NOTICE_HEAD_SIZE": NOTICE_HEAD_SIZE}
    constants |= engine
    constants |= {f"TM_{name.upper()}": field.offset for name, field in HEADER.items()}
    constants |= {f"RECORD_{name.upper()}": field.offset for name, field in RECORD.items()}
    constants |= {f"NOTICE_{name.upper()}": field.offset for name, field in NOTICE_HEAD.items()}
    constants |= {f"EVENT_{name.upper()}": value for name, value in EVENTS.items()}
    constants |= {f"STATE_{name.upper()}": value for name, value in STATES.items()}
    constants |= {f"STOP_{name.upper()}": value for name, value in STOPS.items()}
    lines = ["; Written by soulrig build: the constants that this soul's program and its host share."]
    lines += [f"{name} = {value}" for name, value in constants.items()]
    return "\n".join(lines) + "\n"


def check_telemetry_version(found: int, origin: object) -> None:
    """Raise BadInput where a manifest from `origin` tells of a newer telemetry than this soulrig reads."""
    if found > TELEMETRY_VERSION:
        raise BadInput(
            f"{origin}: tells of telemetry version {found}, this soulrig reads up to {TELEMETRY_VERSION}; "
            "install a newer soulrig"
        )


def soul_crc(soul: Soul) -> int:
    """The CRC-32 of the soul file, by which a running program says which soul it holds."""
    return zlib.crc32(soul.to_bytes())


def telemetry_manifest(soul: Soul, symbols: dict[str, int]) -> dict[str, Any]:
    """The manifest's entry `telemetry`: every address and size a host needs to read it."""
    return {
        "address": TELEMETRY_ADDRESS,
        "size": HEADER_SIZE,
        "magic": TELEMETRY_MAGIC.decode(),
        "version": TELEMETRY_VERSION,
        "fields": _fields(HEADER),
        "states": STATES,
        "stops": STOPS,
        "ahead_cycles": {"address": symbols["told_cycles"], "size": AHEAD_CYCLES_SIZE},
        "prompt_ids": {"address": symbols["prompt_ids"], "size": soul.sizes.context},
        "records": {
            "address": symbols["records"],
            "size": RECORD_SIZE,
            "count": soul.sizes.context,
            "fields": _fields(RECORD),
        },
    }


def wire_manifest(line: str) -> dict[str, Any]:
    """The manifest's entry `wire`: the line that the program has, and what its notices are."""
    return {"line": line, "size": NOTICE_SIZE, "fields": _fields(NOTICE), "events": EVENTS}


def _fields(fields: dict[str, Field]) -> dict[str, dict[str, int]]:
    return {name: {"offset": field.offset, "size": field.size} for name, field in fields.items()}
