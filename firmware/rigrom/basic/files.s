; Files: LOAD, VERIFY, SAVE, OPEN, CLOSE.

.include "errors.inc"
.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "workspace.inc"

.export close_statement, load, open, save, verify
.import byte_value, check_comma, clear, comma_byte, error, expression
.import free_string, print_text, ready, relink, restore, set_text_start
.import stack_start, syntax_error

DEFAULT_DEVICE  = 1
FIRST_SERIAL    = 3             ; from this device on OPEN has no secondary address
NO_SECONDARY    = $FF           ; unless one is given

file            = FORPNT        ; logical file,
device          = FORPNT + 1    ; device,
secondary       = TARGET_TYPE   ; secondary address

.segment "FILES"

; VERIFY name, device, secondary address
verify: lda #1
        .byte $2C               ; BIT: skips the next instruction

; LOAD name, device, secondary address
load:   lda #0
        sta VERIFYING
        jsr name_first
        lda VERIFYING
        ldx TXTTAB
        ldy TXTTAB + 1
        jsr LOAD
        bcs failed
        lda VERIFYING
        beq loaded
        jsr READST
        and #ST_VERIFY
        bne differs
        lda TXTPTR + 1
        cmp #>BUF
        bne verified
        lda #<ok
        ldy #>ok
        jmp print_text
verified:
        rts

loaded: jsr READST
        and #<~ST_END
        bne not_loaded
        lda TXTPTR + 1
        cmp #>BUF
        bne chained
        stx VARTAB
        sty VARTAB + 1
        jsr relink
        jsr clear
        jmp ready

chained:                        ; a program that loads the next one
        jsr set_text_start
        jsr relink
        jsr restore
        jmp stack_start

differs:
        lda #VERIFY_FAILED
        .byte $2C               ; BIT: skips the next instruction
not_loaded:
        lda #LOAD_FAILED
failed: tax
        jmp error

; SAVE name, device, secondary address
save:   jsr name_first
        ldx VARTAB
        ldy VARTAB + 1
        lda #TXTTAB
        jsr SAVE
        bcs failed
        rts

; OPEN file, device, secondary address, name
open:   jsr file_first
        jsr OPEN
        bcs failed
        rts

; CLOSE file
close_statement:
        jsr file_first
        lda file
        jsr CLOSE
        bcs failed
        rts

.segment "FILE_PARAMETERS"

; name, device, secondary address. Out: SETNAM, SETLFS called
name_first:
        jsr defaults
        jsr CHRGOT
        beq set
        jsr name
        jsr more
        stx device
        jsr more
        stx secondary
        jmp set

; file, device, secondary address, name. Out: SETNAM, SETLFS called
file_first:
        jsr defaults
        jsr byte_value
        stx file
        jsr more
        stx device
        cpx #FIRST_SERIAL
        bcc has_default
        lda #NO_SECONDARY
        sta secondary
has_default:
        jsr more
        stx secondary
        jsr CHRGOT
        beq set
        jsr check_comma
        jsr name
        jsr CHRGOT
        bne wrong
set:    lda file
        ldx device
        ldy secondary
        jmp SETLFS
wrong:  jmp syntax_error

; Out: file, device, secondary, and no name
defaults:
        lda #0
        sta file
        sta secondary
        ldx #DEFAULT_DEVICE
        stx device
        jmp SETNAM

; The string in the text is the name.
name:   jsr expression
        jsr free_string
        jmp SETNAM

; The next parameter, X; if there is none, the caller's work is done.
more:   jsr CHRGOT
        beq no_more
        jmp comma_byte
no_more:
        pla
        pla
        jmp set

ok:     .byte RETURN, "OK", RETURN, 0
