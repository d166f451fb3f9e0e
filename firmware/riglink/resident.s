; The agent that stays beside BASIC: it is asked from the KERNAL's interrupt whether the host has anything.

        .include "link.inc"
        .include "kernal.inc"

        .export connect, hook, link_program : abs
        .import LINE_PAUSE, clock_start, line_missing, line_name, line_present
        .import link_begin, link_busy, link_here, link_serve

link_program            = LINKED_RIGLINK
PAUSE_ALONE             = 120           ; interrupts, where nobody answered

.segment "RESIDENT"

; SYS 49152: connects the agent again, after RUN/STOP and RESTORE.
        jmp connect

name:   .byte KEY_RETURN, "RIGLINK ", 0

pause:                  .byte 1         ; interrupts until the host is asked

; connect: starts the link, and says so. Uses: A, X, Y
connect:
        jsr line_present
        bcs @missing
        jsr hook
        lda #<name
        ldy #>name
        jsr print
        lda #<line_name
        ldy #>line_name
        jmp print
@missing:
        lda #<line_missing
        ldy #>line_missing

; print: In: A/Y = text, ends with 0. Uses: A, X, Y
print:
        sta @text
        sty @text + 1
        ldx #0
@next:
@text := * + 1
        lda $FFFF,x
        beq @end
        jsr CHROUT
        inx
        bne @next
@end:   rts

; hook: begins anew and takes the interrupt. Uses: A, X, Y
hook:
        php
        sei
        jsr clock_start
        lda PROCESSOR_PORT
        sta link_here
        jsr link_begin
        lda #1
        sta pause
        lda IRQ_VECTOR + 1
        cmp #>interrupt
        beq @hooked
        sta before + 1
        lda IRQ_VECTOR
        sta before
@hooked:
        lda #<interrupt
        sta IRQ_VECTOR
        lda #>interrupt
        sta IRQ_VECTOR + 1
        plp
        rts

; interrupt: the KERNAL's part first, so that clock, cursor and keys go on while the link waits, in interrupts within
; this one. In: A, X, Y on the stack
interrupt:
        lda link_busy
        bne kernal
        dec pause
        bne kernal
        inc link_busy
        lda #<LINE_PAUSE        ; after a jump nobody comes back to set it
        sta pause
        lda #>serve
        pha
        lda #<serve
        pha
        php                     ; with interrupts off
        pha                     ; A, X, Y: whatever they are
        pha
        pha
kernal:
before := * + 1
        jmp $FFFF

serve:  cli
        jsr link_serve
        sei
        bcc @answered
        lda #PAUSE_ALONE
        sta pause
@answered:
        pla
        tay
        pla
        tax
        pla
        rti
