; The drive's half, for a 1541 and what works like one: reads the program's sectors by the DOS's own jobs, and gives each
; to the C64, two bits at each edge of ATN. See receive.s. 1 MHz.
; The order of bits: nibble by nibble, the low one first; of each bits 1 and 0, then 3 and 2, on DATA and CLK. So the C64
; only shifts and combines.

JOB                     = $00           ; of buffer 0
JOB_READ                = $80
JOB_WAITS               = $80           ; as long as this bit is set
JOB_DONE                = $01
HEADER                  = $06           ; of that job: track, sector
PROGRAM_TRACK           = $7E           ; of the program opened last
PROGRAM_SECTOR          = $026F
BUFFER                  = $0300
PORT                    = $1800         ; bit 7: ATN is low; bits 3, 1 set pull CLK, DATA; bit 4, the answer to ATN, must
CLOCK                   = $08           ;   be as ATN, or the hardware pulls DATA
ANSWER                  = $10
PORT_ATTENTION          = $1801         ; reading it forgets an edge of ATN
INTERRUPTS              = $180E
ATTENTION_OFF           = $02
ATTENTION_ON            = $82
CONTROLLER_TIMER        = $1C05         ; high byte: the DOS looks for jobs when it has run down
SOON                    = 1
TRIES                   = 5

.segment "DRIVE"

; Entry, by M-E. In: PROGRAM_TRACK, PROGRAM_SECTOR
drive:
        lda #ATTENTION_OFF
        sta INTERRUPTS
        lda #CLOCK
        sta PORT
        lda PROGRAM_TRACK
        ldx PROGRAM_SECTOR
next_sector:
        sta HEADER
        stx HEADER + 1
        ldx #TRIES
read:
        lda #JOB_READ
        sta JOB
        cli
        lda #SOON
        sta CONTROLLER_TIMER
job:    lda JOB
        bmi job
        sei
        cmp #JOB_DONE
        beq ready
        dex
        bne read
        stx BUFFER              ; 0, 0
        stx BUFFER + 1
ready:
        ldy #0
        sty PORT
send:
        lda BUFFER,y
        lsr
        lsr
        lsr
        lsr
        tax
        lda order,x
        sta high
        lda BUFFER,y
        and #$0F
        tax
        lda order,x
        tax
        ora #ANSWER
edge_1: bit PORT
        bpl edge_1
        sta PORT
        txa
        asl
        and #$0F
edge_2: bit PORT
        bmi edge_2
        sta PORT
high := * + 1
        lda #0
        tax
        ora #ANSWER
edge_3: bit PORT
        bpl edge_3
        sta PORT
        txa
        asl
        and #$0F
edge_4: bit PORT
        bmi edge_4
        sta PORT
        iny
        bne send

        lda #CLOCK | ANSWER
        ldx #CLOCK
over:   bit PORT
        bpl over
        sta PORT
released:
        bit PORT
        bmi released
        stx PORT
        ldx BUFFER + 1
        lda BUFFER
        beq done
        jmp next_sector

done:   sta PORT                ; A = 0: no line is pulled
        lda PORT_ATTENTION
        lda #ATTENTION_ON
        sta INTERRUPTS
        cli
        rts

; A nibble's bits 1, 0 to bits 1, 3; its bits 3, 2 to bits 0, 2, from where a shift takes them to 1, 3
order:
        .repeat 16, n
        .byte (n & 2) | ((n & 1) << 3) | ((n & 8) >> 3) | (n & 4)
        .endrepeat
