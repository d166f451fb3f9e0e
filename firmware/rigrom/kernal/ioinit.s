; The chips after a reset: processor port, CIAs, SID; the jiffy interrupt of PAL
; or NTSC.

.include "io.inc"
.include "lowmem.inc"

.export chip_init, find_standard, jiffy_start

PAL_JIFFY       = 16421         ; 985,248 Hz / 60
NTSC_JIFFY      = 17045         ; 1,022,727 Hz / 60
ALL_ROMS        = $37
PORT_OUTPUTS    = $2F
NTSC_LAST_LINE  = 262           ; a PAL picture goes on to line 311

.segment "IOINIT"               ; $FDA3

; IOINIT: the chips as programs expect them.
; In:   PALNTS
; Uses: A, X, Y
; Cycles: 199
; The port's data comes before its direction: with the direction first, the
; pins would follow the old data for a moment and bank this ROM out.
chip_init:
        lda #ALL_ROMS
        sta PORT
        lda #PORT_OUTPUTS
        sta PORT_DDR
        ldx #CIA_REGISTERS - 1
both:   ldy cia_registers,X
        lda cia_values,X
        sta CIA1,Y
        sta CIA2_PORT_A,Y       ; its first register
        dex
        bpl both
        ldy #$7F                ; RUN/STOP's column, for the clock's STOP test
        sty CIA1_COLUMNS
        stx CIA1_DDRA           ; X = $FF: columns are outputs
        inx
        stx SID_VOLUME
        ldy #$07                ; serial bus released, video bank 0
        sty CIA2_PORT_A
        ldy #$3F
        sty CIA2_DDRA
        ; falls through NOPs into jiffy_start

.segment "JIFFY_START"          ; $FDDD

; Starts the jiffy interrupt, 60 a second.
; In:   PALNTS
; Uses: A, X
jiffy_start:
        ldx #PAL - periods
        lda PALNTS
        bne pal_period
        ldx #NTSC - periods
pal_period:
        lda periods,X
        sta CIA1_TIMER_A
        lda periods + 1,X
        jmp timer_start

.segment "START_UP"

; What both CIAs get, the last pair first: interrupts off before the timers.
cia_registers:
        .lobytes CIA1_DDRB, CIA1_CONTROL_B, CIA1_CONTROL_A, CIA1_ICR
CIA_REGISTERS = * - cia_registers
cia_values:                     ; user port and rows are inputs; timers stopped
        .byte 0, $08, $08, $7F

timer_start:
        sta CIA1_TIMER_A + 1
        lda #$81
        sta CIA1_ICR
        lda #$11                ; load and run
        sta CIA1_CONTROL_A
        rts

periods:
PAL:    .word PAL_JIFFY
NTSC:   .word NTSC_JIFFY

; Looks at the last raster line of a picture.
; Out:  PALNTS = 1: PAL, 0: NTSC
; Uses: A, X
; Cycles: up to a picture and a half
find_standard:
upper:  bit VIC_CONTROL_1       ; wait for the lines from 256 on to begin
        bmi upper
lower:  bit VIC_CONTROL_1
        bpl lower
follow: ldx VIC_RASTER          ; X = the low byte while they last
        cpx #<NTSC_LAST_LINE + 1
        beq pal
        bit VIC_CONTROL_1
        bmi follow
        lda #0
        beq store
pal:    lda #1
store:  sta PALNTS
        rts
