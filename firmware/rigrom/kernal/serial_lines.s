; The three lines of the serial bus, one routine each, at their published
; addresses $EE85-$EEB3. A line is low (active) while anybody pulls it and high
; while all have released it; our outputs pull with a 1.

.include "io.inc"

.export await_time, line_state, millisecond
.export pull_clock, pull_data, release_clock, release_data

TURNS_OF_A_MILLISECOND = 208    ; of 5 cycles; 1,023 cycles are one on NTSC

.segment "SERIAL_LINES"

; Uses: A
; Cycles: 22, with the JSR; pull_data 25
release_clock:                  ; $EE85
        lda #<~CLOCK_OUT
        and CIA2_PORT_A
        sta CIA2_PORT_A
        rts

; VICE knows the virtual drives' entries by JSR to this one and the next.
pull_clock:                     ; $EE8E
        lda #CLOCK_OUT
        ora CIA2_PORT_A
        sta CIA2_PORT_A
        rts

release_data:                   ; $EE97
        lda #<~DATA_OUT
        and CIA2_PORT_A
set_lines:
        sta CIA2_PORT_A
        rts

pull_data:                      ; $EEA0
        lda #DATA_OUT
        ora CIA2_PORT_A
        bne set_lines           ; always
        .res 2, $EA

; Reads the lines when they have settled. VICE looks for the first three bytes,
; and answers for a virtual drive that the clock is low.
; Out:  C = DATA, N = CLK; 1: high
; Uses: A
line_state:                     ; $EEA9
        lda CIA2_PORT_A
        cmp CIA2_PORT_A
        bne line_state
        asl
        rts

; Waits.
; Uses: A; C = 1 after it
; Cycles: 1,055, with the JSR; await_time: 15 + 5 A
millisecond:                    ; $EEB3
        lda #TURNS_OF_A_MILLISECOND
await_time:
        sec
turn:   sbc #1
        bne turn
        rts

        .assert release_clock = $EE85, error, "published address"
        .assert pull_clock = $EE8E, error, "VICE's signatures name it"
        .assert release_data = $EE97, error, "VICE's signatures name it"
        .assert pull_data = $EEA0, error, "published address"
        .assert line_state = $EEA9, error, "one of VICE's five entries"
        .assert millisecond = $EEB3, error, "published address"
