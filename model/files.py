"""Reading what users give and writing what they keep: clear errors, and never half a file."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from soulrig.errors import BadInput


def read_bytes(path: Path) -> bytes:
    """The file's content. Raises BadInput where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: can't be read: {error.strerror}") from error


def read_text(path: Path) -> str:
    """The UTF-8 file's text. Raises BadInput, with the offending byte's offset, where it is not UTF-8."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8 text at byte {error.start}; save it as UTF-8") from error


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in the file. Raises BadInput where it is none, for broken JSON with line and column."""
    try:
        content = json.loads(read_text(path))
        json.dumps(content, ensure_ascii=False).encode()  # half a character, as \ud800 spells one, can't be told on
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path}: JSON that can't be read: {error}") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path}: holds a JSON {type(content).__name__}, expected an object")
    return content


def write_beside(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed. Raises BadInput where it can't."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(default_mode())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInput(f"{path}: can't be written: {error.strerror}") from error


def check_writable(path: Path) -> None:
    """Raise BadInput where `write_beside` would, so that a long run doesn't end without its result."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise BadInput(f"{path}: can't be written: {error.strerror}") from error
    if path.is_dir():
        raise BadInput(f"{path}: can't be written: it is a folder")


def default_mode() -> int:
    """The mode that a new file has by the process's mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def expanded(path: Path) -> Path:
    """The path with the home that its `~` or `~user` means. Raises BadInput where there is no such home."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise BadInput(f"{path}: nobody's home is known by {path.parts[0]}; write the whole path") from error
