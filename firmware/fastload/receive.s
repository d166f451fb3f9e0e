; Takes the program from the drive, two bits at each edge of ATN, and starts it. Stays beside the program at $C000.
; CLK low: the drive is busy. CLK high: a sector is ready; its 256 bytes go at the C64's pace, so that neither the video
; chip nor an interrupt harms. Then ATN low, CLK low, ATN high: the sector is done with. It begins as on the disk: track
; and sector of the next, or 0 and the place of its last byte; 0, 0 for one that can't be read.

        .include "bus.inc"
        .include "fastload.inc"

        .export await, load_plainly, name, print, receive
        .exportzp device
        .import bar_step, slowly

BASIC_VARIABLES         = $2D           ; where they begin: behind the program
KEY_COUNT               = $C6
KEYS                    = $0277
IERROR                  = $0300         ; vector: BASIC's error X
NMI_VECTOR              = $0318
BASIC_WARM              = $A002         ; vector
LOAD_ERROR              = 29
READ_ERRORS             = $BF           ; bits of the status; the other is the file's end
KEY_RETURN              = $0D
SECTOR_DATA             = 254
CLOCK                   = %01000000     ; CLK in the port
PATIENCE                = 9             ; times 1.1 s

; Bits are combined with what else is in the port at the four reads; the lines carry them inverted.
PORT_REST               = (ATTENTION >> 2) ^ BUS_FREE
INVERTED                = PORT_REST ^ $FF

.bss

link:                   .res 2          ; of the sector: the first two bytes
count:                  .res 1          ; bytes of it that are the program's
rest:                   .res 1          ; and that are not
kept_nmi:               .res 2
level:                  .res 1          ; of CLK that is waited for
tries:                  .res 1

.zeropage

device:                 .res 1

.segment "RESIDENT"

name:                   .byte NAME
command:                .byte "RUN", KEY_RETURN
COMMAND_SIZE            = * - command

; receive: loads the program where its first two bytes say, and has BASIC run it. To be jumped to.
receive:
        lda NMI_VECTOR          ; RUN/STOP and RESTORE would leave the drive alone with its clock
        sta kept_nmi
        lda NMI_VECTOR + 1
        sta kept_nmi + 1
        lda #<no_nmi
        sta NMI_VECTOR
        lda #>no_nmi
        sta NMI_VECTOR + 1
        lda #0
        sta started
sector: lda #CLOCK
        jsr await_clock
        bcc ready
        jmp given_up
ready:  jsr no_time             ; the drive still fetches the first byte
        jsr no_time
        jsr no_time
        ldx #ATTENTION
        ldy #BUS_FREE
        jsr get_byte
        sta link
        jsr no_time
        jsr no_time
        jsr get_byte
        sta link + 1
        lda link
        beq last
        lda #SECTOR_DATA + 1
        bne counted             ; always
last:   lda link + 1
        beq none
counted:
        sec
        sbc #1
none:   sta count
        lda #SECTOR_DATA
        sec
        sbc count
        sta rest
        lda count
        beq skip
started := * + 1
        lda #0
        bne store
        jsr get_byte
        sta to
        jsr no_time
        jsr no_time
        jsr get_byte
        sta to + 1
        dec count
        dec count
        inc started
store:  jsr get_byte
to := * + 1
        sta $FFFF
        inc to
        bne :+
        inc to + 1
:       dec count
        bne store
skip:   lda rest
        beq done
over:   jsr no_time
        jsr get_byte
        dec rest
        bne over
done:   stx CIA2_PORT_A
        lda #0
        jsr await_clock
        ldy #BUS_FREE
        sty CIA2_PORT_A
        bcs given_up
        jsr bar_step
        lda link
        beq complete
        jmp sector

given_up:                       ; as a sector that can't be read
        lda #0
        sta link + 1
complete:
        lda kept_nmi
        sta NMI_VECTOR
        lda kept_nmi + 1
        sta NMI_VECTOR + 1
        lda link + 1
        beq failed
        ldx to
        ldy to + 1

; run: In: X/Y = the program's end. BASIC finds RUN typed, so that it is as after a LOAD
run:    stx BASIC_VARIABLES
        sty BASIC_VARIABLES + 1
        ldx #COMMAND_SIZE
        stx KEY_COUNT
@key:   lda command - 1,x
        sta KEYS - 1,x
        dex
        bne @key
        jmp (BASIC_WARM)

failed:
        ldx #0                  ; 0.3 s, in which the drive's DOS comes back
        ldy #0
@wait:  dex
        bne @wait
        dey
        bne @wait

; load_plainly: the same through the KERNAL. To be jumped to. BASIC tells of an error
load_plainly:
        lda #<slowly
        ldy #>slowly
        jsr print
        lda #1
        ldx device
        tay                     ; to the address that the file names
        jsr SETLFS
        lda #.strlen(NAME)
        ldx #<name
        ldy #>name
        jsr SETNAM
        lda #0
        jsr LOAD
        bcs @error
        stx kept_nmi
        jsr READST
        and #READ_ERRORS
        bne @broken
        ldx kept_nmi
        jmp run
@broken:
        lda #LOAD_ERROR
@error: tax
        jmp (IERROR)

; await_clock: waits for the drive, 10 s at most; reading a bad sector again and again takes it less.
; await: the same for Y times 1.1 s, of which the first is but X times 4.4 ms.
; In: A = CLOCK or 0, CLK as it is to be. Out: C=1 in vain. Uses: A, X, Y
await_clock:
        ldx #0
        ldy #PATIENCE
await:  sta level
        stx tries
@look:  lda CIA2_PORT_A
        eor level
        and #CLOCK
        beq @is
        dex
        bne @look
        dec tries
        bne @look
        dey
        bne @look
@is:    cmp #1                  ; A = 0 where it is so
        rts

; get_byte: In: X = ATTENTION, Y = BUS_FREE. Out: A. Keeps X, Y. Cycles: 94 and the JSR. From an edge to its bits the
; drive needs 14, read here after 18; from a byte's last edge to the next one's first bits 66, since it fetches that: the
; caller lets 21 pass between RTS and JSR, so it is read after 73. And 256 bytes have to take less than 40 ms with all that
; stops the processor, or the next sector has gone by.
get_byte:
        stx CIA2_PORT_A
        jsr no_time
        lda CIA2_PORT_A
        sty CIA2_PORT_A
        .repeat 3, i
        lsr
        lsr
        nop
        nop
        nop
        nop
        nop
        eor CIA2_PORT_A
        .if i = 0
        stx CIA2_PORT_A
        .elseif i = 1
        sty CIA2_PORT_A
        .endif
        .endrepeat
        eor #INVERTED
no_time:
        rts

; print: In: A/Y = text, ends with 0. Uses: A, X, Y
print:
        sta text
        sty text + 1
next:
text := * + 1
        lda $FFFF
        beq no_time
        jsr CHROUT
        inc text
        bne next
        inc text + 1
        bne next                ; always

no_nmi: rti
