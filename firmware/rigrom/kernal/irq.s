; The interrupt: entry through the RAM vectors, the jiffy handler, the exit.
; $EA31, $EA7B, $EA7E and $EA81 are where programs' own handlers end up by JMP; $FF48
; is what a program that replaces the hardware vector jumps to.

.include "io.inc"
.include "lowmem.inc"

.export irq_entry, irq_handler
.import cursor_flash, scnkey, udtim

.segment "IRQ_ENTRY"

; The processor's IRQ and BRK: registers on the stack, then ($0314) or ($0316).
irq_entry:
        pha
        txa
        pha
        tya
        pha
        tsx
        lda $0104,X             ; the status that the processor pushed
        and #$10                ; bit 4: BRK
        bne break
        jmp (CINV)
break:  jmp (CBINV)

.segment "IRQ_HANDLER"

; 60 times a second: clock, STOP key, cursor, keys.
; Cycles: 179 from the interrupt to RTI with no key down, 1,350 with one
irq_handler:
        jsr udtim               ; POKE 788,52 leaves this out
        jsr cursor_flash        ; $EA34
        jmp irq_keys

.segment "IRQ_EXIT"             ; $EA7B

irq_keys:
        jsr scnkey
        lda CIA1_ICR            ; $EA7E
        pla                     ; $EA81
        tay
        pla
        tax
        pla
        rti
