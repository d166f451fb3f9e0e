"""A C64 in Python: py65's 6502 with the chips around it, one module a chip. `machines.sim` makes a machine of it."""
