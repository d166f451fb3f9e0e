"""The cable to a C64 on which riglink runs: frames, lines and the peer that answers."""
