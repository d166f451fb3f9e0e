; Starts the cycle counter.

        .include "cycle_counter.inc"
        .include "link.inc"

        .export clock_start

.segment "RESIDENT"

; clock_start: Uses: A
clock_start:
        start_counter
        rts
