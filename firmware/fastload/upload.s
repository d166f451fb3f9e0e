; What is said to the drive before the fast way is taken: by the KERNAL, while this program is still where it was loaded.

        .include "bus.inc"
        .include "fastload.inc"

        .export find_program, others, upload
        .import __DRIVE_LOAD__, __DRIVE_RUN__, __DRIVE_SIZE__
        .import name
        .importzp device

FIRST_DEVICE            = 4
LAST_DEVICE             = 30
FILE                    = 1
FOR_LOADING             = 0             ; secondary address: so the DOS remembers where the program begins
CHUNK                   = 32            ; bytes that a command carries
NO_ERROR                = '0'

.zeropage

place:                  .res 1          ; in the drive's code
other:                  .res 1          ; device that is looked for
answer:                 .res 1

.code

; find_program: has the drive look for the program. Out: C=1 it tells of an error, or nobody is there. Uses: A, X, Y
find_program:
        lda #FILE
        ldx device
        ldy #FOR_LOADING
        jsr SETLFS
        lda #.strlen(NAME)
        ldx #<name
        ldy #>name
        jsr SETNAM
        jsr OPEN
        bcs @left
        lda #0
        sta STATUS
        lda device
        jsr TALK
        lda #COMMAND_CHANNEL
        jsr TKSA
        jsr ACPTR               ; the first figure tells enough: from 20 on it is an error
        sta answer
@message:
        jsr READST
        bne @end
        jsr ACPTR
        jmp @message
@end:   jsr UNTLK
        lda #FILE
        jsr CLOSE
        lda answer
        eor #NO_ERROR
        cmp #1
@left:  rts

; others: whether there is any other device on the bus. It would answer ATN by hardware and hold DATA, as all do, and
; know nothing of a clock. One that listens holds DATA once ATN is released; no byte is sent to it.
; Out: C=1 there is one. Uses: A, X, Y. Cycles: about 4,000 a device
others:
        lda #FIRST_DEVICE
@next:  sta other
        cmp device
        beq @absent
        jsr LISTEN
        lda #COMMAND_CHANNEL
        jsr SECOND
        ldx #0                  ; 1.3 ms, in which those that are not meant release it
@wait:  dex
        bne @wait
        lda CIA2_PORT_A
        pha
        jsr UNLSN
        pla
        bpl @there
@absent:
        ldx other
        inx
        txa
        cmp #LAST_DEVICE + 1
        bcc @next
        clc
        rts
@there: sec
        rts

; upload: puts the drive's half into its buffer and starts it. Uses: A, X, Y
upload:
        lda #0
        sta place
@chunk: lda #'W'
        jsr command
        lda place
        jsr CIOUT
        lda #>__DRIVE_RUN__
        jsr CIOUT
        lda #CHUNK
        jsr CIOUT
@byte:  ldx place
        lda __DRIVE_LOAD__,x
        jsr CIOUT
        inc place
        lda place
        and #CHUNK - 1
        bne @byte
        jsr UNLSN
        lda place
        cmp #<__DRIVE_SIZE__
        bcc @chunk
        lda #'E'
        jsr command
        lda #<__DRIVE_RUN__
        jsr CIOUT
        lda #>__DRIVE_RUN__
        jsr CIOUT
        jmp UNLSN

        .assert <__DRIVE_RUN__ = 0, lderror, "place is the low byte of the address"
        .assert __DRIVE_SIZE__ <= $100 - CHUNK, lderror, "place would wrap"

; command: begins a command for the drive's memory. In: A = its letter. Uses: A, X, Y
command:
        pha
        lda device
        jsr LISTEN
        lda #COMMAND_CHANNEL
        jsr SECOND
        lda #'M'
        jsr CIOUT
        lda #'-'
        jsr CIOUT
        pla
        jmp CIOUT
