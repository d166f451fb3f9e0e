"""From a soul to a program and a floppy image: packing, assembling, disk images."""
