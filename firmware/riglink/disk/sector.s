; A sector by its number, through a channel that the host has opened on "#": a buffer of the drive's own.

        .include "disk.inc"

        .export disk_check, disk_read, disk_write
        .import crc_of_buffer, hear_sector, hear_status, line, say_line, say_sector

.rodata

block:                  .byte .sprintf("U1:%d 0 00 00", SECTOR_CHANNEL)
BLOCK_SIZE              = * - block
WHICH                   = 1             ; places in it
TRACK                   = BLOCK_SIZE - 5
SECTOR                  = BLOCK_SIZE - 2
READ                    = '1'
WRITE                   = '2'

begin:                  .byte .sprintf("B-P:%d 0", SECTOR_CHANNEL)
BEGIN_SIZE              = * - begin

.bss

which:                  .res 1
track:                  .res 1
sector:                 .res 1

.code

; disk_read: a sector to the buffer. In: A = track, X = sector. Out: A = DONE, BUS_FAILED or DRIVE_TELLS, Z by it
; Uses: X, Y
disk_read:
        sta track
        stx sector
        lda #READ
        jsr command
        bne @left
        jmp hear_sector
@left:  rts

; disk_check: the same, and the CRC of it to crc. In, Out, Uses: as disk_read. Cycles: 28,400 more
disk_check:
        jsr disk_read
        bne @left
        jsr crc_of_buffer
        lda #DONE
@left:  rts

; disk_write: the buffer to a sector. In, Out, Uses: as disk_read
disk_write:
        sta track
        stx sector
        ldy #BEGIN_SIZE - 1
@copy:  lda begin,y
        sta line,y
        dey
        bpl @copy
        ldx #COMMANDS
        ldy #BEGIN_SIZE
        jsr say_line
        bne @left
        jsr say_sector
        bne @left
        lda #WRITE
        jmp command
@left:  rts

; command: U1 or U2. In: A = READ or WRITE; track, sector. Out, Uses: as disk_read
command:
        sta which
        ldy #BLOCK_SIZE - 1
@copy:  lda block,y
        sta line,y
        dey
        bpl @copy
        lda which
        sta line + WHICH
        lda track
        jsr decimal
        stx line + TRACK
        sta line + TRACK + 1
        lda sector
        jsr decimal
        stx line + SECTOR
        sta line + SECTOR + 1
        ldx #COMMANDS
        ldy #BLOCK_SIZE
        jsr say_line
        bne @left
        jsr hear_status
        bne @left
        lda line
        cmp #NO_ERROR           ; from 20 on it is an error
        beq @done
        lda #DRIVE_TELLS
@left:  rts
@done:  lda #DONE
        rts

; decimal: In: A < 100. Out: X = tens, A = ones, as digits
decimal:
        ldx #'0'
@ten:   cmp #10
        bcc @ones
        sbc #10
        inx
        bne @ten
@ones:  ora #'0'
        rts
