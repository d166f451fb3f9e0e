; FOR and NEXT. A loop lies on the stack as: token, variable, text pointer, line,
; step, limit, the numbers high byte first.

.include "errors.inc"
.include "lowmem.inc"
.include "tokens.inc"
.include "workspace.inc"

.export for, next, skip_loops
.import check_char, check_number, check_stack, check_whole, error, expression
.import let, next_statement, overflow, syntax_error, variable_address, zero

LOOP_SIZE       = 15
STACK           = $0101         ; of what lies topmost, at STACK + S
STACK_VARIABLE  = STACK + 1
STACK_TEXT      = STACK + 3
STACK_LINE      = STACK + 5
STACK_STEP      = STACK + 7
STACK_LIMIT     = STACK + 11

.segment "LOOPS"

; FOR variable = first TO last, STEP step
for:    jsr let
        lda TARGET_TYPE
        ora TARGET_INTEGER
        bne wrong               ; not a variable that loops have
        pla
        pla
        tsx
        jsr find_loop
        bne is_new
        txa                     ; a loop with this variable, and those in it,
        clc                     ; are over
        adc #LOOP_SIZE
        tax
        txs
is_new: jsr check_stack
        lda #TOKEN_TO
        jsr check_char
        jsr whole_number
        ldx #3
limit:  lda FAC,X
        pha
        dex
        bpl limit
        jsr zero                ; STEP 1
        inc FAC + 3
        jsr CHRGOT
        cmp #TOKEN_STEP
        bne has_step
        jsr CHRGET
        jsr whole_number
has_step:
        ldx #3
step:   lda FAC,X
        pha
        dex
        bpl step
        lda CURLIN + 1
        pha
        lda CURLIN
        pha
        lda TXTPTR + 1
        pha
        lda TXTPTR
        pha
        lda FORPNT + 1
        pha
        lda FORPNT
        pha
        lda #TOKEN_FOR
        pha
        jmp next_statement
wrong:  jmp syntax_error

whole_number:
        jsr expression
        jsr check_number
        jmp check_whole

.segment "NEXT"

; NEXT, NEXT variable, ...
next:   php
        pla
        tax
        pla
        pla
        txa
        pha
        plp
        bne named
        ldy #0                  ; any loop
        beq find                ; always
named:  jsr variable_address
        sta FORPNT
find:   sty FORPNT + 1
        tsx
        jsr find_loop
        beq is_found
        ldx #NEXT_WITHOUT_FOR
        jmp error
is_found:
        txs                     ; loops in it are over
        lda STACK_VARIABLE,X
        sta FORPNT
        lda STACK_VARIABLE + 1,X
        sta FORPNT + 1
        inx                     ; variable + step, low byte first
        inx
        inx
        ldy #FAC_SIZE - 1
        clc
add:    lda (FORPNT),Y
        adc STACK_STEP,X
        sta (FORPNT),Y
        dex
        dey
        bne add
        bvs too_far
        inx
        stx COUNT
        lda STACK_STEP,X
        sta SIGN
        ora STACK_STEP + 1,X
        ora STACK_STEP + 2,X
        ora STACK_STEP + 3,X
        sta LOWTR               ; 0: the step is 0
        inx                     ; limit - variable
        inx
        inx
        ldy #FAC_SIZE - 1
        sec
distance:
        lda STACK_LIMIT,X
        sbc (FORPNT),Y
        sta FAC - 1,Y
        dex
        dey
        bne distance
        lda FAC
        bvc right_sign
        eor #$80
right_sign:
        bmi below
        ora FAC + 1
        ora FAC + 2
        ora FAC + 3
        beq reached
        bit SIGN
        bmi over                ; downwards, and the limit is above
        bpl again
below:  bit SIGN
        bmi again
        lda LOWTR
        bne over                ; upwards, and the limit is below
        beq again
reached:
        lda LOWTR
        beq over                ; a step of 0 ends at the limit
again:  ldx COUNT
        lda STACK_TEXT,X
        sta TXTPTR
        lda STACK_TEXT + 1,X
        sta TXTPTR + 1
        lda STACK_LINE,X
        sta CURLIN
        lda STACK_LINE + 1,X
        sta CURLIN + 1
to_next:
        jmp next_statement
over:   lda COUNT
        clc
        adc #LOOP_SIZE
        tax
        txs
        jsr CHRGOT
        cmp #','
        bne to_next
        jsr CHRGET
        jmp named

too_far:
        jmp overflow

.segment "FIND_LOOP"

; Looks for the loop of FORPNT, or any if FORPNT + 1 is 0.
; In:   X = stack pointer
; Out:  Z = 1: found, X = stack pointer under it
; Uses: A
find_loop:
        lda STACK,X
        cmp #TOKEN_FOR
        bne checked
        lda FORPNT + 1
        beq checked
        lda STACK_VARIABLE,X
        cmp FORPNT
        bne deeper
        lda STACK_VARIABLE + 1,X
        cmp FORPNT + 1
        beq checked
deeper: txa
        clc
        adc #LOOP_SIZE
        tax
        bne find_loop           ; always
checked:
        rts

; Out: X = stack pointer under the topmost that is no loop, A = its token
skip_loops:
        tsx
        inx                     ; the return address
        inx
skip:   lda STACK,X
        cmp #TOKEN_FOR
        bne checked
        txa
        clc
        adc #LOOP_SIZE
        tax
        bne skip                ; always
