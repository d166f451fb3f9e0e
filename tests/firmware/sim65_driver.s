; sim65_driver.s - takes commands from standard input, so that a built program's routines run by the thousand in sim65
;
; A command has 8 bytes: what, address, length (words), A, X, carry. Memory is written from standard input and read to
; standard output; a call's A and carry are kept at `returned`. sim65's calls take their last argument in A and X, the
; others from the stack that its header names, the last one first.

READ = $FFF6                    ; sim65's: a JSR there is served by the host
WRITE = $FFF7
EXIT = $FFF9
STANDARD_INPUT = 0
STANDARD_OUTPUT = 1

DO_EXIT = 0
DO_WRITE = 1
DO_READ = 2                     ; else call

STACK_TOP = $FD

        .import __DRIVER_START__
        .export returned

.zeropage                       ; where the KERNAL's is, which the program leaves alone
arguments:      .res 2          ; stack of sim65's calls
command:
what:           .res 1
address:        .res 2
length:         .res 2
reg_a:          .res 1
reg_x:          .res 1
reg_carry:      .res 1
returned:       .res 2          ; A, and bit 0: carry

.segment "HEADER"
        .byte "sim65", 2, 0     ; version, a 6502
        .byte arguments
        .addr __DRIVER_START__
        .addr start

.segment "DRIVER"
start:
        cld
next:
        ldx #STACK_TOP
        txs
        lda #<command
        ldx #>command
        ldy #STANDARD_INPUT
        jsr set_arguments
        lda #8
        ldx #0
        jsr READ
        lda what
        beq quit                ; DO_EXIT
        cmp #DO_READ
        beq read
        bcs call
        ldy #STANDARD_INPUT
        jsr set_memory
        jsr READ
        jmp next

read:
        ldy #STANDARD_OUTPUT
        jsr set_memory
        jsr WRITE
        jmp next

call:
        lda address
        sta routine+1
        lda address+1
        sta routine+2
        lda reg_carry
        lsr
        lda reg_a
        ldx reg_x
routine:
        jsr $FFFF
        sta returned
        lda #0
        rol
        sta returned+1
        jmp next

quit:
        lda #0
        jsr EXIT

; the memory that the command names; In: Y = file   Out: A, X = its length
set_memory:
        lda address
        ldx address+1
        jsr set_arguments
        lda length
        ldx length+1
        rts

; In: A, X = address, Y = file
set_arguments:
        sta stack
        stx stack+1
        sty stack+2
        lda #<stack
        sta arguments
        lda #>stack
        sta arguments+1
        rts

stack:  .res 4
