; RUN comes here: tries the fast way, takes the plain one where that doesn't go.

        .include "basic_line.inc"
        .include "bus.inc"
        .include "fastload.inc"         ; NAME, BLOCKS: written by buildtools/fastload.py

        .import __RESIDENT_LOAD__, __RESIDENT_RUN__, __RESIDENT_SIZE__
        .import await, draw_bar, find_program, load_plainly, others, receive, upload
        .importzp device

FIRST_DEVICE            = 4                     ; on the bus
USUAL_DEVICE            = 8
STARTING                = 160                   ; times 4.4 ms, that the drive may take to run what it was sent

        basic_line start
        .assert __RESIDENT_SIZE__ <= $200, lderror, "two pages are moved"

; start: entry from BASIC. It is never come back to: what follows is loaded over it.
start:
        ldx #0
@move:  lda __RESIDENT_LOAD__,x
        sta __RESIDENT_RUN__,x
        lda __RESIDENT_LOAD__ + $100,x
        sta __RESIDENT_RUN__ + $100,x
        inx
        bne @move
        lda CURRENT_DEVICE
        cmp #FIRST_DEVICE
        bcs @drive
        lda #USUAL_DEVICE
@drive: sta device
        jsr draw_bar
        jsr find_program
        bcs @plain
        jsr others
        bcs @plain
        jsr upload
        lda #0                                  ; the drive's half pulls CLK
        ldx #STARTING
        ldy #1
        jsr await
        bcs @plain
        jmp receive
@plain: jmp load_plainly
