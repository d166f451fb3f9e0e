; wide.s - products whose sums need more than 16 bits: exact for any inputs, from the same planes
;
; As in planes.s, but with sums of 24 bits and all bits that the halvings drop, a plane and group at a time over all
; rows of a block. It is slow, and its uses are counted. Tables are those of wide_tables.s.

.include "engine.inc"

.export wide_block
.import abandon, engine_poll, scale, set_shift
.import block, block_bias_hi, block_bias_lo, block_shift
.if CHUNKS > 1
.import block_chunk_hi, block_chunk_lo, body, body_end, body_first
.endif
.import first_group, last_group, point_entries
.importzp cursor, entry_hi, entry_lo, entry_top, negative, output_hi, output_lo, plane_rows, total, value

BLOCK_ROWS = 128                ; most rows of a block
WHOLE_BYTE = 8                  ; bits of `dropped`

.segment "ZPWIDE": zeropage
order:          .res 2          ; address of the rows' places in y
bias_fraction:  .res 2          ; address of the bias's bytes below the sum's lowest bit,
bias_low:       .res 2          ; of its low bytes,
bias_high:      .res 2          ; and of its high bytes

sums_segment
sum0:           .res BLOCK_ROWS ; the rows' sums, 24 bits
sum1:           .res BLOCK_ROWS
sum2:           .res BLOCK_ROWS
dropped:        .res BLOCK_ROWS ; the bits below, the highest on top

.bss
group:          .res 1
.if CHUNKS > 1
chunk_groups:   .res 1          ; groups of a chunk
chunk_end:      .res 1          ; the group behind the chunk's last
chunk_plane:    .res 2          ; address of a plane in the chunk
next_plane:     .res 2          ; of the next one in the first chunk
.endif
plane:          .res 1
rows:           .res 1          ; of a plane
row:            .res 1
narrower:       .res 1          ; the first row that has no further bits

.code

; wide_block - a block of rows
; In: block, plane_rows, cursor (address of the order of rows), output (address of y), tables of `wide_tables`; may be
;   stopped, see `abandon`
; Out: y   Uses: A, X, Y   Cycles: 65 a row, plane and group, 45 a row and plane, 230 a row
wide_block:
        copy_word order, cursor
        lda plane_rows
        clc
        adc cursor
        sta cursor
        bcc :+
        inc cursor+1
:       jsr point_bias
.if CHUNKS > 1
        ldx body
        sec
        lda body_end,x
        sbc body_first,x
        sta chunk_groups
.endif
        ldx #PLANES-1
        lda #$00
@next_plane:
        sta narrower
        stx plane
        lda plane_rows,x
        sta rows
        beq @plane_done
        jsr halve
        jsr begin_rows
.if CHUNKS > 1
        copy_word chunk_plane, cursor
        clc
        lda first_group
        adc chunk_groups
        sta chunk_end
.endif
        ldx first_group
@next_group:
        stx group
        jsr add_group
        jsr engine_poll
        bcs @stop
        ldx group
        inx
.if CHUNKS > 1
        cpx chunk_end
        bne :+
        jsr next_chunk
:
.endif
        cpx last_group
        bne @next_group
.if CHUNKS > 1
        copy_word cursor, next_plane
.endif
@plane_done:
        lda rows
        ldx plane
        dex
        bpl @next_plane
        jmp finish
@stop:
        jmp abandon

.if CHUNKS > 1
; To the same plane of the next chunk
; In: X = chunk_end   Out: X, cursor   Uses: A, Y
next_chunk:
        txa
        sec
        sbc chunk_groups
        cmp first_group
        bne :+
        copy_word next_plane, cursor
:       ldy block
        clc
        lda chunk_plane
        adc block_chunk_lo,y
        sta chunk_plane
        sta cursor
        lda chunk_plane+1
        adc block_chunk_hi,y
        sta chunk_plane+1
        sta cursor+1
        txa
        clc
        adc chunk_groups
        sta chunk_end
        rts
.endif

; bias_fraction, bias_low, bias_high := the block's; bias_fraction+1 = 0 if it has none
point_bias:
        ldx block
        lda block_bias_lo,x
        sta bias_fraction
        lda block_bias_hi,x
        sta bias_fraction+1
        clc
        lda bias_fraction
        adc plane_rows
        sta bias_low
        lda bias_fraction+1
        adc #$00
        sta bias_low+1
        clc
        lda bias_low
        adc plane_rows
        sta bias_high
        lda bias_low+1
        adc #$00
        sta bias_high+1
        rts

; sum := floor(sum / 2) in rows 0 .. narrower - 1
halve:
        ldx narrower
        beq @halved
@next_row:
        dex
        lsr sum2,x
        ror sum1,x
        ror sum0,x
        ror dropped,x
        txa
        bne @next_row
@halved:
        rts

; sum := negative + bias's fraction in rows narrower .. rows - 1
begin_rows:
        ldy narrower
        cpy rows
        beq @begun
@next_row:
        lda #$00
        sta dropped,y
        ldx bias_fraction+1
        beq :+
        lda (bias_fraction),y
:       clc
        adc negative
        sta sum0,y
        lda negative+1
        adc #$00
        sta sum1,y
        lda negative+2
        adc #$00
        sta sum2,y
        iny
        cpy rows
        bne @next_row
@begun:
        rts

; sum += the entries that a plane has for group X; cursor += rows
add_group:
        jsr point_entries
        ldx #$00
@next_row:
        txa
        tay
        lda (cursor),y
        tay
        clc
        lda sum0,x
        adc (entry_lo),y
        sta sum0,x
        lda sum1,x
        adc (entry_hi),y
        sta sum1,x
        lda sum2,x
        adc (entry_top),y
        sta sum2,x
        inx
        cpx rows
        bne @next_row
        clc
        txa
        adc cursor
        sta cursor
        bcc :+
        inc cursor+1
:       rts

; y := sat16((sum - total + bias) >> shift), in which `dropped` are the sum's bits below 1; a class of rows of t + 1
; bits after the other, since the sum is 2^t times too small
finish:
        ldx #PLANES-1
        lda #$00
        sta row
@next_class:
        stx plane
        lda plane_rows,x
        sta rows
        cmp row
        beq @class_done
        ldy block
        lda block_shift,y
        clc
        adc #WHOLE_BYTE
        sec
        sbc plane
        jsr set_shift
@next_row:
        ldy row
        lda dropped,y
        sta value
        sec
        lda sum0,y
        sbc total
        sta value+1
        lda sum1,y
        sbc total+1
        sta value+2
        lda sum2,y
        sbc total+2
        sta value+3
        lda bias_fraction+1
        beq @biased
        clc
        lda value+1
        adc (bias_low),y
        sta value+1
        lda (bias_high),y
        tax
        adc value+2
        sta value+2
        txa
        and #$80
        beq :+
        lda #$FF                ; the sign
:       adc value+3
        sta value+3
@biased:
        jsr scale
        ldy row
        lda (order),y
        tay
        lda value
        sta (output_lo),y
        lda value+1
        sta (output_hi),y
        inc row
        lda row
        cmp rows
        bne @next_row
@class_done:
        ldx plane
        dex
        bpl @next_class
        rts
