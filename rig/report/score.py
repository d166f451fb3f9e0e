"""A reply's chords as a drawn score: notes over time, as the sound channel heard them."""

from __future__ import annotations

from markupsafe import Markup

from soulrig.capture.chords import DIGITS, UNSURE, VOICES
from soulrig.report.view import Exchange

ROW = 6  # units of the drawing for a step of the scale
SECOND = 22  # and for a second
LEFT, TOP = 8, 62
NOTE_LENGTH = 16  # of a note as drawn; it sounds shorter
LEAST_WIDTH = 320
VOICE_GAP = 6

_SVG = Markup(
    '<svg class="score" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
    'aria-label="{label}">{content}</svg>'
)
_LINE = Markup('<line class="staff" x1="0" x2="{width}" y1="{y}" y2="{y}"/>')
_NOTE = Markup('<rect class="note voice{voice}{unsure}" x="{x}" y="{y}" width="{length}" height="{height}" rx="2"/>')
_TEXT = Markup('<text class="word{unsure}" transform="translate({x} {y}) rotate(-50)">{text}</text>')


def score(exchange: Exchange) -> Markup:
    """An SVG, nothing where no chord was heard."""
    chords = exchange.chords
    if not chords:
        return Markup("")
    width = max(LEAST_WIDTH, round(LEFT + chords[-1].seconds * SECOND + 80))
    height = TOP + VOICES * (DIGITS * ROW + VOICE_GAP)
    content = [_LINE.format(width=width, y=_y(voice, digit)) for voice in range(VOICES) for digit in (0, DIGITS - 1)]
    for chord in chords:
        x = round(LEFT + chord.seconds * SECOND, 1)
        unsure = "" if chord.confidence >= UNSURE else " unsure"
        for voice in range(VOICES):
            y = _y(voice, chord.id // DIGITS**voice % DIGITS) - ROW // 2
            content.append(_NOTE.format(voice=voice, unsure=unsure, x=x, y=y, length=NOTE_LENGTH, height=ROW))
        content.append(_TEXT.format(unsure=unsure, x=x + 6, y=TOP - 8, text=exchange.text_of(chord.id)))
    label = f"{len(chords)} chords over time"
    return _SVG.format(width=width, height=height, label=label, content=Markup("").join(content))


def _y(voice: int, digit: int) -> int:
    """The middle of a note's row; the first voice lies lowest."""
    row = (VOICES - 1 - voice) * (DIGITS * ROW + VOICE_GAP) + (DIGITS - 1 - digit) * ROW
    return TOP + row + ROW // 2
