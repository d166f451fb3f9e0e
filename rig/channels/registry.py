"""The channels there are, by their names. To add one, write its module and name it in CHANNELS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from soulrig.channels.channel import Channel
from soulrig.channels.screen import ScreenChannel
from soulrig.channels.sound import sound_channel
from soulrig.channels.telemetry import TelemetryChannel
from soulrig.channels.wire import WireChannel
from soulrig.errors import BadInput, Fault, did_you_mean
from soulrig.machine import Machine


def _pixels(machine: Machine, _: dict[str, Any]) -> Channel:
    from soulrig.channels.pixels import PixelsChannel  # brings what reads pictures, which takes long to load

    return PixelsChannel(machine)


# A channel is made for a machine and the manifest of the program that it runs; Fault where the machine lacks something.
CHANNELS: dict[str, Callable[[Machine, dict[str, Any]], Channel]] = {
    "telemetry": TelemetryChannel,
    "screen": lambda machine, _: ScreenChannel(machine),
    "pixels": _pixels,
    "sound": lambda machine, _: sound_channel(machine),
    "wire": WireChannel,
}
DEFAULT_CHANNELS = ("telemetry", "screen")


def parse_channels(names: str) -> tuple[str, ...]:
    """Names with commas between them. Raises BadInput for one that is not known, or none."""
    asked = tuple(dict.fromkeys(name.strip() for name in names.split(",")))
    for name in asked:
        if name not in CHANNELS:
            nearest = did_you_mean(name, CHANNELS)
            raise BadInput(f"--channels: no channel is called {name!r}{nearest}; known are {', '.join(CHANNELS)}")
    return asked


def open_channels(names: Sequence[str], machine: Machine, manifest: dict[str, Any]) -> list[Channel]:
    """The channels, in the order of the names. Raises Fault, naming both, where the machine lacks what one needs."""
    opened = []
    for name in names:
        try:
            opened.append(CHANNELS[name](machine, manifest))
        except Fault as fault:
            raise Fault(f"the channel {name} can't be had: {fault}") from fault
    return opened
