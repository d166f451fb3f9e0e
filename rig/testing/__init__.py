"""C64 programs under test: what the fixtures of the pytest plug-in hand out, usable without pytest too."""
