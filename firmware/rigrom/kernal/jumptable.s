; The documented jump table, $FF81-$FFF5, and the processor's three vectors.
; Every address here is published; programs call nothing else if they are good.

.import acptr, call_chkin, call_chkout, call_chrin, call_chrout, call_clall
.import call_close, call_clrchn, call_getin, call_open, call_stop, chip_init
.import ciout, cint, iobase, irq_entry, listen, load, memory_bottom
.import memory_top, nmi_entry, plot, ramtas, rdtim, readst, reset, restor
.import save, scnkey, screen, second, setlfs, setmsg, setnam, settim, settmo
.import talk, tksa, udtim, unlsn, untlk, vector

.segment "VERSION"              ; $FF80: programs ask for the KERNAL's revision here

        .byte 3                 ; what the latest one answers

.segment "JUMP_TABLE"           ; $FF81

        jmp cint                ; $FF81 CINT
        jmp chip_init           ; $FF84 IOINIT
        jmp ramtas              ; $FF87 RAMTAS
        jmp restor              ; $FF8A RESTOR
        jmp vector              ; $FF8D VECTOR
        jmp setmsg              ; $FF90 SETMSG
        jmp second              ; $FF93 SECOND
        jmp tksa                ; $FF96 TKSA
        jmp memory_top          ; $FF99 MEMTOP
        jmp memory_bottom       ; $FF9C MEMBOT
        jmp scnkey              ; $FF9F SCNKEY
        jmp settmo              ; $FFA2 SETTMO
        jmp acptr               ; $FFA5 ACPTR
        jmp ciout               ; $FFA8 CIOUT
        jmp untlk               ; $FFAB UNTLK
        jmp unlsn               ; $FFAE UNLSN
        jmp listen              ; $FFB1 LISTEN
        jmp talk                ; $FFB4 TALK
        jmp readst              ; $FFB7 READST
        jmp setlfs              ; $FFBA SETLFS
        jmp setnam              ; $FFBD SETNAM
        jmp call_open           ; $FFC0 OPEN
        jmp call_close          ; $FFC3 CLOSE
        jmp call_chkin          ; $FFC6 CHKIN
        jmp call_chkout         ; $FFC9 CHKOUT
        jmp call_clrchn         ; $FFCC CLRCHN
        jmp call_chrin          ; $FFCF CHRIN
        jmp call_chrout         ; $FFD2 CHROUT
        jmp load                ; $FFD5 LOAD
        jmp save                ; $FFD8 SAVE
        jmp settim              ; $FFDB SETTIM
        jmp rdtim               ; $FFDE RDTIM
        jmp call_stop           ; $FFE1 STOP
        jmp call_getin          ; $FFE4 GETIN
        jmp call_clall          ; $FFE7 CLALL
        jmp udtim               ; $FFEA UDTIM
        jmp screen              ; $FFED SCREEN
        jmp plot                ; $FFF0 PLOT
        jmp iobase              ; $FFF3 IOBASE

.segment "HARDWARE_VECTORS"
        .addr nmi_entry
        .addr reset
        .addr irq_entry
