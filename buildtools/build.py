"""From a soul to what a C64 loads: the program, the floppy image, and the manifest that tells a host about both."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from soulrig.buildtools import assembler, layout, packer, shipped
from soulrig.buildtools.cartridge import make_crt
from soulrig.buildtools.components import components_manifest
from soulrig.buildtools.disk_image import make_d64
from soulrig.buildtools.fastload import FAST_NAME, make_fast
from soulrig.buildtools.fastload import SOURCES as FAST_LOADER
from soulrig.buildtools.line import DRIVERS, Line
from soulrig.buildtools.link_protocol import protocol_include
from soulrig.buildtools.memory_map import Area, areas
from soulrig.buildtools.riglink import SOURCES as AGENT
from soulrig.buildtools.riglink import core_sources
from soulrig.buildtools.sources import C64, FIRMWARE
from soulrig.buildtools.squeeze import FIRST_SQUEEZED, squeeze
from soulrig.errors import BadInput
from soulrig.model.files import read_bytes, read_json, write_beside
from soulrig.model.soul import Sizes, Soul
from soulrig.model.tokenizer import Tokenizer
from soulrig.model.versions import Schema

PROGRAM_NAME = "soulplayer"
PARTS = {"program": ".prg", "disk": ".d64", "cartridge": ".crt"}  # of the manifest, each the digest of a file
MANIFEST_SCHEMA = Schema("soulrig.manifest", 1, 1)
LARGEST = {"vocabulary": 256, "width": 72, "ffn": 256, "layers": 15, "context": 64}
SMALLEST_FFN = 2  # subsets of one input alone make no group
LARGEST_LANES = 255  # of the cache of keys, and of values


@dataclass(frozen=True)
class Built:
    """A built soul: PRG (load address first), D64 image, manifest, and the CRT image where one was asked for."""

    prg: bytes
    d64: bytes
    manifest: dict[str, Any]
    symbols: dict[str, int]  # every label of the program; of one that was built earlier, those of its manifest
    segments: tuple[assembler.Segment, ...]
    crt: bytes | None = None

    def save(self, folder: Path, *, force: bool = False) -> None:
        """Write `soulplayer.prg`, `.d64`, `.json` and, where there is one, `.crt` into `folder`.

        Refuses, with BadInput, to replace files that are not as an earlier build left them, unless `force` is set. A
        cartridge that this build does not make is removed like one that is replaced: it would be another soul's.
        """
        target = folder / PROGRAM_NAME
        if not force:
            _refuse_foreign(target)
        write_beside(target.with_suffix(".prg"), self.prg)
        write_beside(target.with_suffix(".d64"), self.d64)
        if self.crt is not None:
            write_beside(target.with_suffix(".crt"), self.crt)
        else:
            target.with_suffix(".crt").unlink(missing_ok=True)
        write_beside(target.with_suffix(".json"), json.dumps(self.manifest, indent=1).encode() + b"\n")

    @classmethod
    def load(cls, folder: Path) -> Built:
        """What `save` wrote. Raises BadInput where it isn't there, or not as it was written."""
        target = folder / PROGRAM_NAME
        manifest = read_manifest(target.with_suffix(".json"))
        contents = {}
        for part, suffix in PARTS.items():
            if part not in manifest:
                continue
            path = target.with_suffix(suffix)
            contents[part] = read_bytes(path)
            if hashlib.sha256(contents[part]).hexdigest() != manifest[part]["sha256"]:
                raise BadInput(
                    f"{path}: is not the file that {target.with_suffix('.json').name} tells of; build it anew"
                )
        segments = tuple(assembler.Segment(**segment) for segment in manifest["segments"])
        symbols = manifest["symbols"]
        return cls(contents["program"], contents["disk"], manifest, symbols, segments, contents.get("cartridge"))


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest in a file. Raises BadInput where it is none, or of a newer format than this soulrig reads."""
    manifest = read_json(path)
    MANIFEST_SCHEMA.check(manifest.get("schema"), path)
    layout.check_telemetry_version(manifest["telemetry"]["version"], path)
    return manifest


def build(soul: Soul, *, blank: bool = False, wire: Line | None = None, crt: bool = False) -> Built:
    """Build the program for a soul; the same soul gives the same bytes.

    `blank` switches the screen off while a reply is made; `wire` links the serial agent's core in, with the driver of
    that line; `crt` makes a cartridge image too.

    Raises BadInput for a soul without tokenizer, with a token that the C64 can't show, or too large, by the number of
    bytes over; Fault where the assembler is missing.
    """
    for plan in get_args(packer.Plan):
        with _sources(soul, plan, blank=blank, wire=wire) as sources:
            try:
                return _assembled(soul, sources, crt=crt)
            except assembler.DoesNotFitError as error:
                over = error
    without = ", or build it without --wire" if wire else ""
    raise BadInput(
        f"the soul doesn't fit: {over.bytes_over} bytes over in memory area {over.area}; "
        f"make it narrower or shallower, or shorten its context{without}"
    ) from over


def build_or_shipped(soul: Soul) -> Built:
    """The same, but without the assembler where the program that is shipped is made from the very same sources."""
    folder = shipped.shipped_folder()
    if folder is not None and (folder / f"{PROGRAM_NAME}.json").is_file():
        ready = Built.load(folder)
        for plan in get_args(packer.Plan):
            with _sources(soul, plan) as sources:
                if ready.manifest["program"].get("sources_sha256") == sources.digest:
                    return ready
    return build(soul)


@dataclass(frozen=True)
class _Sources:
    """All that a soul's program is assembled from."""

    files: tuple[Path, ...]
    config: Path
    include: tuple[Path, ...]
    tokenizer: Tokenizer
    packed: packer.Packed
    plan: packer.Plan
    blank: bool
    wire: Line | None

    @property
    def digest(self) -> str:
        return assembler.digest(self.files, self.config, (*self.include, FAST_LOADER))


@contextmanager
def _sources(soul: Soul, plan: packer.Plan, *, blank: bool = False, wire: Line | None = None) -> Iterator[_Sources]:
    """Generates a soul's sources into a folder that lasts as long as the context. Raises BadInput as `build` does."""
    tokenizer = soul.tokenizer
    if tokenizer is None:
        raise BadInput("a program needs the soul's tokenizer, and there is none beside the soul; give --tokenizer")
    _check_sizes(soul.sizes)
    packed = packer.pack_matrices(soul, plan=plan)
    source, data = packer.pack(soul, packed, tokenizer)
    constants = {"BLANK": int(blank), "WIRE": int(wire is not None)} | packer.constants(soul, packed)
    with tempfile.TemporaryDirectory(prefix="soulrig-build-") as name:
        folder = Path(name)
        (folder / "config.inc").write_text(layout.config_include(soul, len(tokenizer.ranked), constants))
        (folder / "soul_data.s").write_text(source)
        (folder / packer.PACKED_FILE).write_bytes(data)
        player = FIRMWARE / PROGRAM_NAME
        agent = [] if wire is None else core_sources(DRIVERS[wire])
        files = (*sorted(player.glob("*.s")), *agent, folder / "soul_data.s")
        include = (folder, player, C64) if wire is None else (folder, player, AGENT, C64)
        if wire is not None:
            (folder / "protocol.inc").write_text(protocol_include())
        yield _Sources(files, player / f"{PROGRAM_NAME}.cfg", include, tokenizer, packed, plan, blank, wire)


def memory_areas(built: Built) -> list[Area]:
    """The memory that the program is linked into, and what is left of it."""
    config = FIRMWARE / PROGRAM_NAME / f"{PROGRAM_NAME}.cfg"
    return areas(config.read_text(), built.segments)


def _check_sizes(sizes: Sizes) -> None:
    for name, limit in LARGEST.items():
        if getattr(sizes, name) > limit:
            raise BadInput(f"the soul's {name} is {getattr(sizes, name)}, the program takes {limit} at most")
    if sizes.ffn < SMALLEST_FFN:
        raise BadInput(f"the soul's ffn is {sizes.ffn}, the program takes {SMALLEST_FFN} at least")
    lanes = sizes.layers * max(2 * sizes.width, sizes.heads * sizes.context)
    if lanes > LARGEST_LANES:
        raise BadInput(
            f"the soul's keys and values take {lanes} lanes, which is layers times twice the width, or times heads and "
            f"context; the program takes {LARGEST_LANES} at most"
        )


def _assembled(soul: Soul, sources: _Sources, *, crt: bool) -> Built:
    """Raises DoesNotFitError."""
    program = assembler.assemble(sources.files, sources.config, f"{PROGRAM_NAME}.prg", include=sources.include)
    prg = _squeezed(program)
    programs = {PROGRAM_NAME: prg}
    fast = make_fast(PROGRAM_NAME, prg)
    if fast is not None:
        programs[FAST_NAME] = fast
    d64 = make_d64("soulrig", "sr", programs)
    manifest = _manifest(soul, sources, program, prg, d64)
    if not crt:
        return Built(prg, d64, manifest, program.symbols, program.segments)
    cartridge = make_crt(PROGRAM_NAME, program.outputs[f"{PROGRAM_NAME}.prg"])  # a cartridge is quick: nothing squeezed
    manifest["cartridge"] = {"sha256": hashlib.sha256(cartridge).hexdigest()}
    return Built(prg, d64, manifest, program.symbols, program.segments, cartridge)


def _squeezed(program: assembler.Program) -> bytes:
    """The PRG: what the linker made, its code and tables squeezed where that makes it shorter."""
    linked = program.outputs[f"{PROGRAM_NAME}.prg"]
    load = int.from_bytes(linked[:2], "little")
    start = next(segment.start for segment in program.segments if segment.name == FIRST_SQUEEZED) - load + 2
    stream = squeeze(linked[start:])
    if stream is None:
        return linked
    prg = bytearray(linked[:start] + stream)
    stream_end = program.symbols["stream_end"] - load + 2
    prg[stream_end : stream_end + 2] = (load + len(prg) - 2).to_bytes(2, "little")
    return bytes(prg)


def _manifest(soul: Soul, sources: _Sources, program: assembler.Program, prg: bytes, d64: bytes) -> dict[str, Any]:
    sizes = soul.sizes
    load = int.from_bytes(prg[:2], "little")
    return {
        "schema": str(MANIFEST_SCHEMA),
        "program": {
            "name": PROGRAM_NAME,
            "load_address": load,
            "end_address": load + len(prg) - 3,
            "sha256": hashlib.sha256(prg).hexdigest(),
            "sources_sha256": sources.digest,
            "blank": sources.blank,
            "plan": sources.plan,
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
        "tensors": packer.tensor_manifest(soul, sources.packed, program.symbols),
        "tokenizer": packer.tokenizer_manifest(sources.tokenizer, program.symbols),
        "segments": [
            {"name": segment.name, "start": segment.start, "end": segment.end} for segment in program.segments
        ],
        **({"wire": layout.wire_manifest(sources.wire)} if sources.wire else {}),
        "components": components_manifest(sizes, program.symbols),
        "symbols": {name: program.symbols[name] for name in ("reply_from_ids", "prompt_length", "prompt_ids")},
    }


def _refuse_foreign(target: Path) -> None:
    """Raise BadInput where a file in the way is not what the manifest beside it says a build wrote."""
    content: dict[str, Any] = {}
    manifest = target.with_suffix(".json")
    if manifest.exists():
        content = read_json(manifest)
        if not str(content.get("schema")).startswith(f"{MANIFEST_SCHEMA.name}/"):
            raise BadInput(f"{manifest}: is not a build's manifest; choose another folder, or --force")
    for part, suffix in PARTS.items():
        path = target.with_suffix(suffix)
        written = content.get(part, {}).get("sha256")
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != written:
            raise BadInput(
                f"{path}: was changed since it was built, or not built here; choose another folder, or --force"
            )
