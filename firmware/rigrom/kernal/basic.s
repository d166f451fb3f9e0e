; The BASIC ROM's two entries, at the addresses where programs jump to them.

.include "lowmem.inc"

.segment "BASIC_WARM"           ; $E37B
        jmp (BASIC_WARM)

.segment "BASIC_COLD"           ; $E394
        jmp (BASIC_COLD)
