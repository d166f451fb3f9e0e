; CINT: the screen, and whether the picture is PAL or NTSC.

.export cint
.import find_standard, jiffy_start, screen_init

.segment "CINT"                 ; $FF5B

; Out:  PALNTS
; Uses: A, X, Y
; Cycles: 26,500 and up to a picture and a half
cint:   jsr screen_init
        jsr find_standard
        jmp jiffy_start
