"""`soulrig listen`: the tokens in a recording of the C64's sound."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soulrig.cli.machine_options import ConfigOption
from soulrig.cli.soul_options import SoulOption, TokenizerOption, load_soul

if TYPE_CHECKING:
    from soulrig.capture.chords import Heard
    from soulrig.model.tokenizer import Tokenizer

RECORDER = "-"


def listen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A WAV file, a SID dump of VICE's, or - to record.")],
    seconds: Annotated[
        float | None, typer.Option(metavar="N", min=0.1, help="With -: how long to record; else until Ctrl-C.")
    ] = None,
    device: Annotated[
        str | None, typer.Option(metavar="NAME", help="With -: the line-in or microphone, by name or number.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(metavar="OUT.wav", help="With -: where to keep the recording.")] = None,
    soul: SoulOption = None,
    tokenizer: TokenizerOption = None,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was heard as JSON.")] = False,
) -> None:
    """Print the tokens that a C64 has sounded, with the time of each and how sure it is.

    Each token is a chord of three notes. A WAV file may have any rate, also one with a wrong label, 8 to 32 bits, one
    channel or more. A SID dump (VICE's -sounddev dump) is read without any doubt. The soul's tokenizer gives the text.

    \b
    Examples:
      soulrig listen reply.wav
      soulrig listen sid.dump --json
      soulrig listen - --seconds 60 --keep reply.wav     (needs the extra `audio`)

    Exit codes: 0 every chord is sure, 1 some are not, or there is none, 2 wrong usage or bad input, 3 recording failed.
    """
    from soulrig.capture.chords import SURE
    from soulrig.errors import BadInput
    from soulrig.model.files import check_writable

    live = str(file) == RECORDER
    if not live and (seconds is not None or device is not None or keep is not None):
        raise BadInput(f"--seconds, --device and --keep are for recording: give {RECORDER} as FILE")
    if keep is not None:
        check_writable(keep)
    words = load_soul(soul, tokenizer, None, config).tokenizer
    chords = _recorded(seconds, device, keep) if live else _read(file)
    if as_json:
        heard = [{**vars(chord), "text": _text(chord, words)} for chord in chords]
        print(json.dumps({"chords": heard}, ensure_ascii=False))
    else:
        _print_table(chords, words)
    sure = [chord for chord in chords if chord.confidence >= SURE]
    raise typer.Exit(0 if chords and len(sure) == len(chords) else 1)


def _read(file: Path) -> list[Heard]:
    from soulrig.capture.listen import listen as hear
    from soulrig.capture.recording import read_wav
    from soulrig.capture.sid_log import chords_written, read_dump
    from soulrig.model.files import read_bytes

    content = read_bytes(file)
    if content[:1].isdigit() and content[:200].split(b"\n")[0].replace(b" ", b"").strip().isdigit():
        return chords_written(*read_dump(file))
    return hear(read_wav(file)).chords


def _recorded(seconds: float | None, device: str | None, keep: Path | None) -> list[Heard]:
    from soulrig.capture.listen import listen as hear
    from soulrig.capture.recording import record, write_wav

    print("recording; Ctrl-C ends it" if seconds is None else f"recording {seconds:g} s", file=sys.stderr)
    recording = record(seconds, device)
    if keep is not None:
        write_wav(keep, recording)
    return hear(recording).chords


def _text(chord: Heard, tokenizer: Tokenizer | None) -> str | None:
    """What a chord stands for, None for an id that the soul has no token for."""
    from soulrig.capture.chords import IN_WORDS

    if chord.id in IN_WORDS:
        return IN_WORDS[chord.id]
    return tokenizer.decode([chord.id]) if tokenizer is not None and chord.id < tokenizer.size else None


def _print_table(chords: list[Heard], tokenizer: Tokenizer | None) -> None:
    from rich.table import Table

    from soulrig.capture.chords import UNSURE
    from soulrig.cli.output import Output

    table = Table("second", "token", "text", "confidence")
    for chord in chords:
        text = _text(chord, tokenizer)
        token = str(chord.id) if chord.confidence >= UNSURE else f"{chord.id}?"
        table.add_row(
            f"{chord.seconds:.3f}", token, "?" if text is None else repr(text)[1:-1], f"{chord.confidence:.2f}"
        )
    console = Output()
    console.print(table)
    console.print(f"{len(chords)} chords", highlight=False)
