"""What changed between an earlier record and a later one: what was run, what was said, how long it took."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from soulrig.report.view import Exchange, View, number_told, subject_told

HARDLY = "±0.00 %"
NOT_COMPARED = ("started",)
# A digest or a revision; its first digits tell it from another.
_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{20,}")
OTHER = {
    "machine": "another machine: cycles and seconds are not of the same thing",
    "cycle basis": "another cycle basis: cycles do not count the same",
    "standard": "another TV standard: seconds are not of the same clock",
    "soul SHA-256": "another soul: its replies may differ, and neither is wrong",
}


@dataclass(frozen=True)
class Change:
    """Something named that was `before` and is `after`, in words; a number's change in percent."""

    name: str
    before: str
    after: str
    percent: float | None = None

    @property
    def percent_told(self) -> str:
        """The change with its sign, nothing where it is no number's."""
        return "" if self.percent is None else percent_told(self.percent)


@dataclass(frozen=True)
class PromptChange:
    """A prompt that both records have."""

    prompt: str
    before: Exchange
    after: Exchange

    @property
    def changes(self) -> list[Change]:
        """Of the verdict, of the channels' verdicts, of the reply, and of the mean cycles."""
        pairs = [("verdict", self.before.verdict, self.after.verdict)]
        before_seen, after_seen = self.before.found.channels, self.after.found.channels
        both = [name for name in before_seen if name in after_seen]
        pairs += [(name, before_seen[name]["verdict"], after_seen[name]["verdict"]) for name in both]
        pairs.append(("expected", self.before.expected or "", self.after.expected or ""))
        pairs.append(("reply", self.before.said or "", self.after.said or ""))
        found = [Change(name, before, after) for name, before, after in pairs if before != after]
        before_mean, after_mean = self.before.mean_cycles, self.after.mean_cycles
        if before_mean and after_mean and before_mean != after_mean:
            found.append(_of_numbers("cycles a token", before_mean, after_mean))
        return found

    @property
    def otherwise(self) -> bool:
        """Whether more than the cycles changed; those vary a little in VICE, with where the raster was."""
        return any(change.percent is None for change in self.changes)


@dataclass(frozen=True)
class ContextChange:
    """Mean cycles of the tokens at a context that both records have."""

    context: int
    before: float
    after: float

    @property
    def percent(self) -> float:
        """The change."""
        return 100 * (self.after / self.before - 1)


@dataclass
class Comparison:
    """All that changed, and what to bear in mind; empty lists where nothing did."""

    before: View
    after: View
    notes: list[str] = field(default_factory=list)
    subject: list[Change] = field(default_factory=list)
    prompts: list[PromptChange] = field(default_factory=list)  # those that changed
    same: int = 0  # prompts in both records that did not
    gone: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    measurements: list[Change] = field(default_factory=list)
    contexts: list[ContextChange] = field(default_factory=list)

    @property
    def cycles(self) -> Change | None:
        """The mean over all contexts that both have, each counting once."""
        if not self.contexts:
            return None
        before, after = (
            sum(getattr(each, name) for each in self.contexts) / len(self.contexts) for name in ("before", "after")
        )
        return _of_numbers(f"cycles a token over {len(self.contexts)} contexts that both have", before, after)

    @property
    def verdict(self) -> Change:
        """The runs' verdicts."""
        return Change("verdict", self.before.record.verdict, self.after.record.verdict)

    @property
    def summary(self) -> str:
        """What changed, in a line."""
        parts = []
        if self.verdict.before != self.verdict.after:
            parts.append(f"{self.verdict.before} became {self.verdict.after}")
        verdicts = Counter(
            (each.before.verdict, each.after.verdict)
            for each in self.prompts
            if each.before.verdict != each.after.verdict
        )
        parts += [f"{count} from {before} to {after}" for (before, after), count in verdicts.items()]
        replies = sum(each.before.said != each.after.said for each in self.prompts)
        if replies:
            parts.append(f"{replies} other {'reply' if replies == 1 else 'replies'}")
        if self.cycles is not None and self.cycles.percent_told != HARDLY:
            parts.append(f"cycles a token {self.cycles.percent_told}")
        parts += [f"{len(names)} {what}" for names, what in ((self.new, "new"), (self.gone, "gone")) if names]
        return ", ".join(parts) or "nothing changed"


def percent_told(percent: float) -> str:
    """A change with its sign, to the hundredth."""
    told = f"{percent:+.2f} %"
    return told if told[1:] != HARDLY[1:] else HARDLY


def compare(before: View, after: View) -> Comparison:
    """Hold a record against an earlier one; prompts are matched by their text, repeated ones in order."""
    result = Comparison(before, after)
    subjects = [
        {name: value for name, value in subject_told(view.record) if name not in NOT_COMPARED}
        for view in (before, after)
    ]
    for name in dict.fromkeys([*subjects[0], *subjects[1]]):
        was, is_now = (subject.get(name, "–") for subject in subjects)
        if was != is_now:
            told = [_DIGEST.sub(r"\1", value) for value in (was, is_now)]
            result.subject.append(Change(name, told[0], told[1]))
            if name in OTHER:
                result.notes.append(OTHER[name])
    for one, other, when in ((after, before, "now"), (before, after, "before")):
        asked = [channel for channel in one.channels if channel not in other.channels]
        if asked and other.channels:
            result.notes.append(f"only {when} asked: {', '.join(asked)}")
    old, new = _numbered(before.exchanges), _numbered(after.exchanges)
    # A bench has no prompts: a run held against one is compared by what both have.
    alike = bool(old) == bool(new)
    for key, exchange in new.items():
        if key not in old:
            result.new += [key[0]] if alike else []
            continue
        change = PromptChange(key[0], old[key], exchange)
        if change.changes:
            result.prompts.append(change)
        else:
            result.same += 1
    result.gone = [key[0] for key in old if key not in new and alike]
    result.measurements = list(_measured(before, after, alike))
    means = [_means(view.cycles_by_context) for view in (before, after)]
    result.contexts = [
        ContextChange(context, means[0][context], means[1][context])
        for context in sorted(means[0].keys() & means[1].keys())
        if means[0][context]
    ]
    return result


def _numbered(exchanges: list[Exchange]) -> dict[tuple[str, int], Exchange]:
    """By prompt, and by how often it had been asked before."""
    asked: Counter[str] = Counter()
    found = {}
    for exchange in exchanges:
        found[exchange.found.prompt, asked[exchange.found.prompt]] = exchange
        asked[exchange.found.prompt] += 1
    return found


def _measured(before: View, after: View, alike: bool) -> Iterator[Change]:
    """The measurements that both have and that differ; between records of a kind also those that only one has."""
    old, new = ({(each.name, each.unit): each.value for each in view.record.measurements} for view in (before, after))
    for name, unit in dict.fromkeys([*new, *old]):
        was, is_now = old.get((name, unit)), new.get((name, unit))
        if was is not None and is_now is not None:
            if was != is_now:
                yield _of_numbers(name, was, is_now, unit)
        elif alike:
            told = ["–" if value is None else f"{number_told(value)} {unit}" for value in (was, is_now)]
            yield Change(name, told[0], told[1])


def _of_numbers(name: str, before: float, after: float, unit: str = "") -> Change:
    told = [f"{number_told(value)} {unit}".rstrip() for value in (before, after)]
    return Change(name, told[0], told[1], 100 * (after / before - 1) if before else None)


def _means(counts: list[tuple[int, float]]) -> dict[int, float]:
    by_context: dict[int, list[float]] = defaultdict(list)
    for context, cycles in counts:
        by_context[context].append(cycles)
    return {context: sum(values) / len(values) for context, values in by_context.items()}
