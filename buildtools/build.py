"""From a soul to what a C64 loads: the program, the floppy image, and the manifest that tells a host about both."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from soulrig.buildtools import assembler, layout, packer
from soulrig.buildtools.disk_image import make_d64
from soulrig.errors import BadInput
from soulrig.model.files import read_json, write_beside
from soulrig.model.soul import Soul
from soulrig.model.tokenizer import Tokenizer

FIRMWARE = Path(__file__).resolve().parent.parent / "firmware"
PROGRAM_NAME = "soulplayer"
MANIFEST_SCHEMA = "soulrig.manifest/1"
LARGEST = {"vocabulary": 256, "width": 64, "ffn": 256, "layers": 8, "context": 64}
LARGEST_LANES = 255  # of the cache of keys, and of values


@dataclass(frozen=True)
class Built:
    """A built soul: PRG (load address first), D64 image, manifest."""

    prg: bytes
    d64: bytes
    manifest: dict[str, Any]
    symbols: dict[str, int]  # every label of the program
    segments: tuple[assembler.Segment, ...]

    def save(self, folder: Path, *, force: bool = False) -> None:
        """Write `soulplayer.prg`, `.d64` and `.json` into `folder`.

        Refuses, with BadInput, to replace files that are not as an earlier build left them, unless `force` is set.
        """
        target = folder / PROGRAM_NAME
        if not force:
            _refuse_foreign(target)
        write_beside(target.with_suffix(".prg"), self.prg)
        write_beside(target.with_suffix(".d64"), self.d64)
        write_beside(target.with_suffix(".json"), json.dumps(self.manifest, indent=1).encode() + b"\n")


def build(soul: Soul) -> Built:
    """Build the program for a soul; the same soul gives the same bytes.

    Raises BadInput for a soul without tokenizer, with a token that the C64 can't show, or too large, by the number of
    bytes over; Fault where the assembler is missing.
    """
    tokenizer = soul.tokenizer
    if tokenizer is None:
        raise BadInput("a program needs the soul's tokenizer, and there is none beside the soul; give --tokenizer")
    for name, limit in LARGEST.items():
        if getattr(soul.sizes, name) > limit:
            raise BadInput(f"the soul's {name} is {getattr(soul.sizes, name)}, the program takes {limit} at most")
    lanes = soul.sizes.layers * max(2 * soul.sizes.width, soul.sizes.heads * soul.sizes.context)
    if lanes > LARGEST_LANES:
        raise BadInput(
            f"the soul's keys and values take {lanes} lanes, which is layers times twice the width, or times heads and "
            f"context; the program takes {LARGEST_LANES} at most"
        )
    packed, program = _fit(soul, tokenizer)
    prg = program.outputs[f"{PROGRAM_NAME}.prg"]
    d64 = make_d64("soulrig", "sr", {PROGRAM_NAME: prg})
    manifest = _manifest(soul, packed, tokenizer, program, prg, d64)
    return Built(prg, d64, manifest, program.symbols, program.segments)


def _fit(soul: Soul, tokenizer: Tokenizer) -> tuple[packer.Packed, assembler.Program]:
    """The quickest program that fits. Raises BadInput where none does."""
    for plan in get_args(packer.Plan):
        packed = packer.pack_matrices(soul, plan=plan)
        try:
            return packed, _assemble(soul, packed, tokenizer)
        except assembler.DoesNotFitError as error:
            over = error
    raise BadInput(
        f"the soul doesn't fit: {over.bytes_over} bytes over in memory area {over.area}; "
        "make it narrower or shallower, or shorten its context"
    ) from over


def _assemble(soul: Soul, packed: packer.Packed, tokenizer: Tokenizer) -> assembler.Program:
    """The program. Raises DoesNotFitError."""
    source, data = packer.pack(soul, packed, tokenizer)
    with tempfile.TemporaryDirectory(prefix="soulrig-build-") as name:
        folder = Path(name)
        constants = packer.constants(soul, packed)
        (folder / "config.inc").write_text(layout.config_include(soul, len(tokenizer.ranked), constants))
        (folder / "soul_data.s").write_text(source)
        (folder / packer.PACKED_FILE).write_bytes(data)
        player = FIRMWARE / PROGRAM_NAME
        sources = [*sorted(player.glob("*.s")), folder / "soul_data.s"]
        return assembler.assemble(sources, player / "soulplayer.cfg", f"{PROGRAM_NAME}.prg", include=[folder, player])


def _manifest(
    soul: Soul, packed: packer.Packed, tokenizer: Tokenizer, program: assembler.Program, prg: bytes, d64: bytes
) -> dict[str, Any]:
    sizes = soul.sizes
    load = int.from_bytes(prg[:2], "little")
    return {
        "schema": MANIFEST_SCHEMA,
        "program": {
            "name": PROGRAM_NAME,
            "load_address": load,
            "end_address": load + len(prg) - 3,
            "sha256": hashlib.sha256(prg).hexdigest(),
        },
        "disk": {"sha256": hashlib.sha256(d64).hexdigest()},
        "soul": {
            "sha256": hashlib.sha256(soul.to_bytes()).hexdigest(),
            "crc32": layout.soul_crc(soul),
            "vocabulary": sizes.vocabulary,
            "width": sizes.width,
            "ffn": sizes.ffn,
            "layers": sizes.layers,
            "context": sizes.context,
            "decode": soul.decode,
            "max_reply": soul.reply_limit,
        },
        "telemetry": layout.telemetry_manifest(soul, program.symbols),
        "tensors": packer.tensor_manifest(soul, packed, program.symbols),
        "tokenizer": packer.tokenizer_manifest(tokenizer, program.symbols),
        "segments": [
            {"name": segment.name, "start": segment.start, "end": segment.end} for segment in program.segments
        ],
        "symbols": {name: program.symbols[name] for name in ("reply_from_ids", "prompt_length", "prompt_ids")},
    }


def _refuse_foreign(target: Path) -> None:
    """Raise BadInput where a file in the way is not what the manifest beside it says a build wrote."""
    written = {}
    manifest = target.with_suffix(".json")
    if manifest.exists():
        content = read_json(manifest)
        if content.get("schema") != MANIFEST_SCHEMA:
            raise BadInput(f"{manifest}: is not a build's manifest; choose another folder, or --force")
        written = {".prg": content["program"]["sha256"], ".d64": content["disk"]["sha256"]}
    for suffix in (".prg", ".d64"):
        path = target.with_suffix(suffix)
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != written.get(suffix):
            raise BadInput(
                f"{path}: was changed since it was built, or not built here; choose another folder, or --force"
            )
