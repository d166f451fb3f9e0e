"""Records to report on, made from the sample of a run that passed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

RECORDS = Path(__file__).resolve().parents[1] / "data" / "records"
SAMPLE = RECORDS / "1-pass.json"
WRONG_STEP = 3
WRONG_TOKEN = 50
WRONG_SUM = [17, 0xBEEF]
HOSTILE = "<script>alert(1)</script> & \"'|` \\ <!-- ]]> \x07\x1b €"

Content = dict[str, Any]


def content() -> Content:
    """A run over two prompts, as plain data; its soul's tokens are told."""
    found: Content = json.loads(SAMPLE.read_text())
    found["tokens"] = ["<PAD>", "<SEP>", "<UNK>", "<END>", *(f" t{token}" for token in range(4, 128))]
    return found


def written(folder: Path, found: Content, name: str = "record.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(found))
    return path


def edited(change: Callable[[Content], object]) -> Content:
    found = content()
    change(found)
    return found


def mismatch() -> Content:
    """A machine that chose another token in one step, as telemetry saw it."""
    found = content()
    prompt = found["prompts"][0]
    seen = prompt["channels"]["telemetry"]
    right = seen["tokens"][WRONG_STEP]
    seen["tokens"][WRONG_STEP] = WRONG_TOKEN
    seen["logits_checksums"][WRONG_STEP] = WRONG_SUM
    seen["difference"] = f"step {WRONG_STEP}: token {WRONG_TOKEN}, expected {right}"
    seen["verdict"] = prompt["verdict"] = found["verdict"] = "mismatch"
    return found


def with_sound(found: Content, confidence: float = 1.0) -> Content:
    """A chord a second."""
    tokens = found["prompts"][0]["channels"]["telemetry"]["tokens"]
    chords = [341, *tokens, 3]
    found["prompts"][0]["channels"]["sound"] = {
        "verdict": "pass",
        "difference": None,
        "chords": chords,
        "seconds": [100.0 + number for number in range(len(chords))],
        "confidence": [confidence] * len(chords),
    }
    return found


def hostile() -> Content:
    """A record that holds in every text what means something to HTML, XML and Markdown, or can't be in XML at all."""
    found = content()
    found["fault"] = found["started"] = HOSTILE
    found["verdict"] = "fault"
    found["machine"] = {"kind": HOSTILE, "emulator": HOSTILE, "cycle_basis": HOSTILE, "roms": {"name": HOSTILE}}
    found["tokens"] = [HOSTILE] * 128
    found["revision"] = HOSTILE
    prompt = found["prompts"][0]
    prompt["prompt"] = prompt["reference"]["text"] = HOSTILE
    prompt["channels"][HOSTILE] = {"verdict": "mismatch", "difference": HOSTILE}
    found["measurements"] = [{"name": HOSTILE, "value": 1, "unit": HOSTILE, "low": None, "high": None}]
    found["attachments"] = [{"name": HOSTILE, "path": HOSTILE, "mime": HOSTILE}]
    return found


def foreign() -> Content:
    """A program that is not ours, of which only the screen is known: a reply that was expected, one that was not."""
    found = content()
    for name in ("soul", "program", "tokens"):
        found.pop(name, None)
    for prompt, text in zip(found["prompts"], ["THIS ONE", None], strict=True):
        prompt["reference"] = {"text": text}
        prompt["channels"] = {"screen": {"verdict": "pass", "difference": None, "rows": ["this one"]}}
    return found


def bench(cycles: dict[int, int]) -> Content:
    """A bench's record: cycles of a token by context."""
    found = content()
    found["prompts"] = []
    found["measurements"] = [
        {"name": f"token at context {context}", "value": count, "unit": "cycles", "low": None, "high": None}
        for context, count in cycles.items()
    ]
    return found
