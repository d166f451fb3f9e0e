"""Started by the tests as a program of its own: launches VICE, tells its process and folder, and waits.

With `fork` as the second argument a child of it keeps the pipe to the supervisor open; with `thread` VICE is started
from a thread that then ends.
"""

import os
import sys
import threading
import time
from pathlib import Path

from bare_rom import write_roms

from soulrig.vice_driver.options import ViceOptions
from soulrig.vice_driver.process import ViceProcess


def main(folder: Path, how: str) -> None:
    process = ViceProcess(ViceOptions(roms=write_roms(folder)))
    if how == "thread":
        starter = threading.Thread(target=process.start)
        starter.start()
        starter.join()
    else:
        process.start()
    process.monitor.resume()
    sleeper = os.fork() if how == "fork" else 0
    if how != "fork" or sleeper:
        print(process.pid, process.folder, sleeper, flush=True)
    time.sleep(120)


main(Path(sys.argv[1]), sys.argv[2])
