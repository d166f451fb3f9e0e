; From BASIC into the program and back: what the program changes is saved here and put back at `q`.
; All of it lies in ENTRY, at the start of the file, since it runs while BASIC is banked in.

        .include "basic_line.inc"
        .include "hardware.inc"
        .include "petscii.inc"
        .include "config.inc"

        .export entry_stack, nmi_return, quit
        .import __ZP_START__, __ZP_SIZE__
        .import __RODATA_LOAD__, __RODATA_SIZE__
        .import ahead_begin, append, banner, clock_start, editing, engine_init, engine_reset, expand, interrupt
        .import keyboard_start, last_number, prompt, screen_clear, screen_fresh_line
        .import sound_finish, sound_start, telemetry_clear, telemetry_start
        .importzp cursor_row
.if WIRE
        .import wire_start
.endif

END                     = __RODATA_LOAD__ + __RODATA_SIZE__
BASIC_VARIABLES         = $2D                   ; where they begin, where arrays begin, where both end
BASIC_ENDS              = 6                     ; bytes of these

.segment "TAPE"

saved_zero_page:        .res 142        ; __ZP_SIZE__
saved_memory:           .res 1          ; VIC_MEMORY
saved_border:           .res 1
saved_background:       .res 1
entry_stack:            .res 1          ; stack pointer at the entry: below it lies BASIC's return address

        basic_line start

        .assert __ZP_SIZE__ = 142, lderror, "saved_zero_page has another size"

; start: entry from BASIC. Nothing may depend on what a run before left in memory.
start:
        lda #KEY_CLEAR          ; by the KERNAL, so that its table of joined rows is plain when BASIC comes back
        jsr CHROUT
        sei
        cld
        lda #<nmi_return
        sta RAM_NMI_VECTOR
        lda #>nmi_return
        sta RAM_NMI_VECTOR + 1
        lda #<interrupt
        sta RAM_IRQ_VECTOR
        lda #>interrupt
        sta RAM_IRQ_VECTOR + 1
        lda #BANK_THINKING
        sta PROCESSOR_PORT
        tsx
        stx entry_stack
        ldx #BASIC_ENDS - 2     ; BASIC takes the file's end for the program's
@end:   lda #<END
        sta BASIC_VARIABLES,x
        lda #>END
        sta BASIC_VARIABLES + 1,x
        dex
        dex
        bpl @end
        ldx #<__ZP_SIZE__
@save:  lda __ZP_START__ - 1,x
        sta saved_zero_page - 1,x
        dex
        bne @save
        lda VIC_MEMORY
        sta saved_memory
        lda VIC_BORDER
        sta saved_border
        lda VIC_BACKGROUND
        sta saved_background

        jsr telemetry_clear
        lda #CIA_MASK_ALL
        sta CIA2_INTERRUPT
        jsr expand              ; from here on all of the program is there
        lda #SCREEN_LOWER_CASE
        sta VIC_MEMORY

        jsr clock_start
        jsr sound_start
        jsr screen_clear
        jsr banner
        jsr keyboard_start
.if WIRE
        jsr wire_start
.endif
        jsr engine_init
        jsr engine_reset
        jsr ahead_begin
        lda #0
        sta editing
        lda #TOKEN_SEP          ; it leads every prompt: computed while the banner is read
        clc
        jsr append
        jsr telemetry_start
        jmp prompt

; quit: back to BASIC, everything as it was but the screen's text.
quit:
        sei
        jsr sound_finish
        jsr screen_fresh_line
        jsr telemetry_clear
        lda #CIA_STOPPED
        sta CIA2_CONTROL_A
        sta CIA2_CONTROL_B
        lda saved_memory
        sta VIC_MEMORY
        lda saved_border
        sta VIC_BORDER
        lda saved_background
        sta VIC_BACKGROUND
        lda last_number         ; it may be down still: the KERNAL shall not see it go down
        sta KERNAL_LAST_KEY
        ldx entry_stack
        txs
        lda cursor_row          ; in the zero page, which goes back to BASIC
        pha
        ldx #<__ZP_SIZE__
@restore:
        lda saved_zero_page - 1,x
        sta __ZP_START__ - 1,x
        dex
        bne @restore
        lda #BANK_BASIC
        sta PROCESSOR_PORT
        pla
        tax
        ldy #0
        clc
        jsr PLOT
        cli
        rts

; nmi_return: where RESTORE ends; touches no I/O, so it is right in any banking.
nmi_return:
        rti
