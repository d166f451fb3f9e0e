"""Launches VICE and speaks its binary monitor. Usable by any C64 project, imports nothing of soulrig.

Start with `vice.Vice`, a C64 switched on. `process.ViceProcess` and `monitor.Monitor` are what it is made of,
`errors` its faults. Made for VICE 3.7.1 on Linux.
"""
