; The serial bus with a drive on it: texts and data to a channel and from it. No file of the KERNAL's is opened, so those
; of a program that is at work stay.

        .include "disk.inc"

        .export device, line, buffer
        .export disk_close, disk_exchange, disk_fetch, disk_open
        .export hear_sector, hear_status, say_line, say_sector

.bss

; What the host writes and reads; in this order, it reads them at once.
device:                 .res 1
told:                   .res 1          ; the KERNAL's status of the last transfer
heard:                  .res 1          ; bytes that came; 0 of a whole sector
line:                   .res LINE_SIZE  ; a command or name to send, then what the drive says to it

secondary:              .res 1
place:                  .res 1
most:                   .res 1

.segment "BUFFER"

buffer:                 .res $100       ; a sector, or a piece of a file

.code

; disk_exchange: sends a command and asks for the drive's answer.
; In: A = characters of the command in line, 0: none is sent. Out: A = DONE or BUS_FAILED, the answer in line, its
; length in heard. Uses: X, Y
disk_exchange:
        tay
        beq @ask
        ldx #COMMANDS
        jsr say_line
        beq hear_status
        rts
@ask:   jsr find
        bmi said
; hear_status: what the drive says of itself, to line. Out: as disk_exchange. Uses: A, X, Y
hear_status:
        ldx #COMMANDS
        ldy #LINE_SIZE
        lda #<line
        sta hear_to
        lda #>line
        sta hear_to + 1
        jmp hear

; disk_open: opens a channel. In: X = $F0 + channel, Y = characters of the name in line. Out: A = DONE or BUS_FAILED
; Uses: X, Y
disk_open:
; say_line: In: X = secondary address, Y = characters of line. Out: A = DONE or BUS_FAILED, Z by it. Uses: X, Y
say_line:
        lda #<line
        sta say_from
        lda #>line
        sta say_from + 1
        jmp say

; say_sector: the buffer to the sector channel. Out: A = DONE or BUS_FAILED, Z by it. Uses: X, Y
say_sector:
        lda #<buffer
        sta say_from
        lda #>buffer
        sta say_from + 1
        ldx #DATA_OF | SECTOR_CHANNEL
        ldy #0
say:    sty most
        jsr call
        bmi said
        ldx #0
say_byte:
        stx place
say_from = * + 1
        lda line,x
        jsr CIOUT
        ldx STATUS
        bne say_end
        ldx place
        inx
        cpx most
        bne say_byte
say_end:
        jsr UNLSN               ; which sends the last one
said:   ldx STATUS
        stx told
        txa
        and #<~END
        beq @done
        lda #BUS_FAILED
@done:  rts

; disk_close: closes a channel. In: X = $E0 + channel. Out: A = DONE or BUS_FAILED. Uses: X, Y
disk_close:
        jsr call
        jsr UNLSN
        jmp said

; disk_fetch: what comes next from a channel. In: X = $60 + channel, Y = bytes at most, 0: 256. Out: A = DONE or
; BUS_FAILED, the bytes in buffer, their number in heard, END in told with the last one. Uses: X, Y
disk_fetch:
        lda #<buffer
        sta hear_to
        lda #>buffer
        sta hear_to + 1
hear:   stx secondary
        sty most
        lda #0
        sta STATUS
        sta heard
        lda device
        jsr TALK
        bit STATUS
        bmi said
        lda secondary
        jsr TKSA
        bit STATUS
        bmi hear_end
hear_byte:
        jsr ACPTR
        ldx heard
hear_to = * + 1
        sta line,x
        lda STATUS
        and #<~END
        bne hear_end
        inc heard
        bit STATUS
        bvs hear_end
        lda heard
        cmp most
        bne hear_byte
hear_end:
        jsr UNTLK
        jmp said

; hear_sector: the sector channel's 256 bytes to the buffer. Out: A = DONE or BUS_FAILED, Z by it. Uses: X, Y
hear_sector:
        ldx #DATA_OF | SECTOR_CHANNEL
        ldy #0
        jmp disk_fetch

; call: has the drive listen. In: X = secondary address. Out: N=1 nobody is there. Uses: A, X, Y
call:   stx secondary
        lda #0
        sta STATUS
        lda device
        jsr LISTEN
        bit STATUS
        bmi @nobody
        lda secondary
        jsr SECOND
        bit STATUS
@nobody:
        rts

; find: whether the drive is there. A KERNAL waits for ever on one that is to talk and isn't, where another is. One that
; is to listen holds DATA once ATN is released. Out: N=1 it is not there. Uses: A, X, Y. Cycles: about 4,000
find:
        lda #0
        sta STATUS
        lda device
        jsr LISTEN
        lda CIA2_PORT_A
        and #ATTENTION          ; an emulator that answers the KERNAL itself pulls no line, but STATUS is right then
        sta place
        lda #COMMANDS
        jsr SECOND
        ldx #0                  ; 1.3 ms, in which those that are not meant release DATA
@wait:  dex
        bne @wait
        lda CIA2_PORT_A
        sta most
        jsr UNLSN
        lda place
        beq @told
        bit most
        bpl @told
        lda #NOT_PRESENT
        sta STATUS
@told:  bit STATUS
        rts
