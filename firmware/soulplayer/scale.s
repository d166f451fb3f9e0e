; scale.s - from 32-bit sums to int16: arithmetic shifts and saturation

.include "engine.inc"

.export set_shift, scale, saturate
.importzp value

MOST_RIGHT_STEPS = 4            ; bits; beyond, a byte right and the rest left is quicker

.zeropage
left_steps:     .res 1          ; bits to shift left, guarded against overflow, before ...
byte_moves:     .res 1          ; bytes to shift right, before ...
right_steps:    .res 1          ; bits to shift right; 0 where left_steps is not
doublings:      .res 1          ; bits to shift left after saturation: a negative shift

.code

; set_shift - fix the shift of `scale`
; In: A = shift, signed, -8..23   Out: -   Uses: A, X   Cycles: 50
set_shift:
        ldx #$00
        stx left_steps
        stx byte_moves
        stx right_steps
        stx doublings
        cmp #$00
        bmi @leftwards
        pha
        lsr
        lsr
        lsr
        sta byte_moves
        pla
        and #$07
        cmp #MOST_RIGHT_STEPS+1
        bcs @over_and_back
        sta right_steps
        rts
@over_and_back:
        inc byte_moves
        eor #$07                ; 8 - steps
        adc #$00                ; C is set
        sta left_steps
        rts
@leftwards:
        eor #$FF
        clc
        adc #$01
        sta doublings
        rts

; scale - sat16(value >> shift), value << -shift if the shift is negative
; In: value (4 bytes, signed), set_shift before   Out: value, value+1   Uses: A, X, value   Cycles: 60-200, by the bits
scale:
        ldx doublings
        bne double
        lda value+3             ; guard byte := sign
        asl
        lda #$FF
        adc #$00
        eor #$FF
        sta value+4
        ldx left_steps
        beq @whole_bytes
@step_left:
        asl value
        rol value+1
        rol value+2
        rol value+3
        rol value+4
        dex
        bne @step_left
@whole_bytes:
        ldx byte_moves
        beq @single_bits
@move_bytes:
        .repeat 4, I
        lda value+I+1
        sta value+I
        .endrepeat
        dex
        bne @move_bytes
@single_bits:
        ldx right_steps
        beq saturate
@step_right:
        lda value+3
        asl                     ; C = sign
        ror value+3
        ror value+2
        ror value+1
        ror value
        dex
        bne @step_right
        ; on into saturate

; saturate - sat16(value)
; In: value (4 bytes, signed)   Out: value, value+1   Uses: A   Cycles: 20-40
saturate:
        lda value+1
        bmi @negative
        lda value+2
        ora value+3
        bne @clip
        rts
@negative:
        lda value+2
        and value+3
        cmp #$FF
        bne @clip
        rts
@clip:
        lda value+3
to_limit:                       ; value := the limit on the side of A's sign
        asl
        lda #$FF
        adc #$00                ; $FF of $7FFF, or $00 of $8000
        sta value
        eor #$80
        sta value+1
        rts

double:                         ; once saturated, doubling can't bring a number back
        jsr saturate
@next_doubling:
        asl value
        lda value+1
        rol value+1
        eor value+1
        bmi @sign_lost
        dex
        bne @next_doubling
        rts
@sign_lost:
        eor value+1             ; the sign before
        jmp to_limit
