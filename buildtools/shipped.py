"""What this installation brings ready made: a soul, its program and disk, and our ROMs.

Program and ROMs name the digest of the sources that they were assembled from. Whoever needs them takes them where that
is the digest of the sources at hand: nothing has to be assembled then, and nothing stale is ever used.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from soulrig.errors import BadInput


def shipped_folder() -> Path | None:
    """The folder they lie in; None where the installation has none."""
    folder = Path(str(resources.files("soulrig") / "disk"))
    return folder if folder.is_dir() else None


def shipped_soul() -> Path:
    """The folder of the soul that comes with this package. Raises BadInput where the installation has none."""
    folder = shipped_folder()
    if folder is None or not (folder / "soulplayer").is_dir():
        raise BadInput("this installation brings no soul of its own; name one with --soul, or train one: soulrig train")
    return folder / "soulplayer"
