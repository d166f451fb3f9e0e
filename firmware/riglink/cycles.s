; The cycle counter, which the program that this is linked into has started.

        .include "cycle_counter.inc"
        .include "link.inc"

        .import link_data, tell_data

CYCLES_SIZE             = 4

.segment "LINKCODE"

; cycles: tells the counter, low byte first. Uses: A, X, Y
cycles:
        read_counter link_data
        lda #CYCLES_SIZE
        jmp tell_data

.segment "LINKTABLE"

        .byte COMMAND_CYCLES
        .addr cycles
