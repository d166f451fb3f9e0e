"""A record as one HTML page that holds all it shows: no scripts and nothing from elsewhere; its policy forbids both."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from soulrig.errors import BadInput
from soulrig.model.files import read_bytes
from soulrig.record import PASS, Attachment
from soulrig.report.compare import Comparison, percent_told
from soulrig.report.score import score
from soulrig.report.view import Exchange, View, limits_told, number_told, outside, subject_told, text_of

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
SOUNDS = ("audio/wav", "audio/x-wav", "audio/vnd.wave")
MOST_SHOWN = 20  # of prompts; the others are folded away, those that are right first
BENCH_COUNT = "token at context"  # how a bench's measurements by context begin; the plot shows them

Numbered = tuple[int, Exchange]


@dataclass(frozen=True)
class Shown:
    """An attachment and what of it can be shown: an image's source, or a drawing; or why nothing can."""

    name: str
    path: str
    source: str | None = None
    drawing: Markup | None = None
    note: str | None = None


def html_page(view: View, comparison: Comparison | None = None) -> bytes:
    """The page, in UTF-8. An attachment that can't be read is said to be missing."""
    environment = Environment(
        loader=DictLoader({name: _template(name) for name in ("page.html", "conversation.html", "changes.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number_told, "limits": limits_told, "percent": percent_told}
    environment.tests["outside"] = outside
    plot = _cycles(view, comparison)
    shown = list(_shown(view))
    first, folded = _arranged(view.exchanges)
    page = environment.get_template("page.html").render(
        view=view,
        record=view.record,
        comparison=comparison,
        style=Markup(_template("page.css")),
        plot=plot,
        first=first,
        folded=folded,
        most_shown=MOST_SHOWN,
        shown=shown,
        measurements=[each for each in view.record.measurements if not each.name.startswith(BENCH_COUNT)],
        counts=[each for each in view.record.measurements if each.name.startswith(BENCH_COUNT)],
        subject=subject_told(view.record),
        score=score,
        visible=visible,
    )
    return page.encode()


def visible(text: str) -> Markup:
    """A token's text with its spaces shown."""
    return Markup(html.escape(text).replace(" ", '<span class="space">␣</span>'))


def _arranged(exchanges: list[Exchange]) -> tuple[list[Numbered], list[Numbered]]:
    """Those to show and those to fold away, each with its number: all in order, or of many what is not right first."""
    numbered = list(enumerate(exchanges, 1))
    if len(numbered) > MOST_SHOWN:
        numbered.sort(key=lambda each: each[1].verdict == PASS)
    return numbered[:MOST_SHOWN], numbered[MOST_SHOWN:]


def _template(name: str) -> str:
    return (resources.files("soulrig.report") / "templates" / name).read_text("utf-8")


def _cycles(view: View, comparison: Comparison | None) -> Markup | None:
    """The plot of cycles over context, None where none were counted."""
    before = comparison.before.cycles_by_context if comparison is not None else []
    if not view.cycles_by_context and not before:
        return None
    from soulrig.report.plots import cycles_plot

    return Markup(cycles_plot(view.cycles_by_context, before))


def _shown(view: View) -> Iterator[Shown]:
    for number, attachment in enumerate(view.record.attachments):
        path = view.folder / attachment.path
        try:
            if attachment.mime in PICTURES:
                data = base64.b64encode(read_bytes(path)).decode()
                yield Shown(attachment.name, attachment.path, source=f"data:{attachment.mime};base64,{data}")
            elif attachment.mime in SOUNDS:
                yield _heard(attachment, path, f"sound{number}", view.vocabulary)
            else:
                there = "" if path.exists() else ", missing"
                yield Shown(attachment.name, attachment.path, note=f"{attachment.mime}{there}")
        except BadInput as error:
            yield Shown(attachment.name, attachment.path, note=f"missing: {error}")


def _heard(attachment: Attachment, path: Path, name: str, vocabulary: list[str]) -> Shown:
    """A recording's spectrogram with what is heard in it. Raises BadInput where it can't be read."""
    from soulrig.capture.listen import listen
    from soulrig.capture.recording import read_wav
    from soulrig.report.plots import Labelled, spectrogram

    recording = read_wav(path)
    listening = listen(recording)
    labelled = [Labelled(chord, text_of(chord.id, vocabulary)) for chord in listening.chords]
    drawing = Markup(spectrogram(recording, labelled, listening.speed, name))
    note = f"{len(labelled)} chords heard in {recording.seconds * listening.speed:.1f} s"
    return Shown(attachment.name, attachment.path, drawing=drawing, note=note)
