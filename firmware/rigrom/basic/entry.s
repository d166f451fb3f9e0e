; The BASIC ROM: cold start with the banner, warm start.

.include "kernal.inc"
.include "lowmem.inc"
.include "petscii.inc"
.include "workspace.inc"

.import crunch, direct_mode, error_exit, gone, illegal_quantity
.import integer_to_number, list_word, new_program, operand_vector
.import print_number, print_text, signed_integer

JMP_OPCODE      = $4C
NO_ERROR        = $80

.segment "VECTORS"
        .addr cold_start        ; $A000: after a reset
        .addr warm_start        ; $A002: after RUN/STOP and RESTORE

.segment "ENTRY"

cold_start:
        ldx #vectors_end - vectors - 1
next:   lda vectors,X
        sta IERROR,X
        dex
        bpl next
        ldx #chrget_end - chrget_image - 1
byte:   lda chrget_image,X
        sta CHRGET,X
        dex
        bpl byte
        ldx #3
converter:
        lda converters,X
        sta ADRAY1,X            ; and ADRAY2
        dex
        bpl converter
        lda #JMP_OPCODE
        sta USRPOK
        lda #<illegal_quantity
        sta USRADD
        lda #>illegal_quantity
        sta USRADD + 1
        ldy #0
        sty CHANNL
        sty BELOW_STACK         ; no loop lies above the stack
        lda MEMSTR              ; the byte below the program is 0
        sta TXTTAB
        lda MEMSTR + 1
        sta TXTTAB + 1
        tya
        sta (TXTTAB),Y
        inc TXTTAB
        bne first_byte
        inc TXTTAB + 1
first_byte:
        lda MEMEND
        sta MEMSIZ
        lda MEMEND + 1
        sta MEMSIZ + 1
        lda #<banner
        ldy #>banner
        jsr print_text
        sec
        lda MEMSIZ
        sbc TXTTAB
        tax
        lda MEMSIZ + 1
        sbc TXTTAB + 1
        jsr print_number
        lda #<bytes_free
        ldy #>bytes_free
        jsr print_text
        jsr new_program

warm_start:
        jsr CLRCHN
        lda #0
        sta CHANNL
        cli
        ldx #NO_ERROR
        jmp (IERROR)

.segment "START_TABLES"

; CHRGET, copied to $73: the next, or at CHRGOT the present, character of the
; text; spaces are skipped. TXTPTR is the operand of the third instruction.
; Out:  A = character; Z = 1: end of the statement (0 or ":"); C = 0: a digit;
;       keeps X, Y
; Cycles: 27 for a letter, 28 for a digit, CHRGOT 8 less
chrget_image:
        inc TXTPTR
        bne *+4
        inc TXTPTR + 1
        lda a:$0000             ; TXTPTR
        cmp #' '
        beq chrget_image
        cmp #'0'
        bcc *+5
        cmp #':'                ; 0-9: C = 0, Z = 0
        rts
        cmp #0                  ; C = 1, Z = 1 for the end of the line
        rts
chrget_end:
        .assert chrget_end - chrget_image <= $18, error, "CHRGET ends before $8B"

vectors:
        .addr error_exit        ; IERROR
        .addr direct_mode       ; IMAIN
        .addr crunch            ; ICRNCH
        .addr list_word         ; IQPLOP
        .addr gone              ; IGONE
        .addr operand_vector    ; IEVAL
vectors_end:
converters:
        .addr signed_integer    ; ADRAY1
        .addr integer_to_number ; ADRAY2

banner: .byte CLEAR, RETURN
        .byte "     ", $A6, $A6, " SOULRIG FREE ROM 1 ", $A6, $A6, RETURN
        .byte RETURN, "  WHOLE NUMBER BASIC  ", 0
bytes_free:
        .byte " BYTES FREE", RETURN, 0
