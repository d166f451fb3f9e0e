; The NMI: RESTORE key and CIA 2. RUN/STOP with RESTORE is a warm start.

.include "io.inc"
.include "lowmem.inc"

.export brk_handler, nmi_entry, nmi_handler
.import call_stop, cartridge_present, chip_init, restor, screen_init
.import stop_scan

.segment "NMI_ENTRY"            ; $FE43, then $FE47: published for handlers

nmi_entry:
        sei
        jmp (NMINV)

nmi_handler:
        pha
        txa
        pha
        tya
        pha
        ldy #$7F
        sty CIA2_ICR            ; one at a time
        bit CIA2_ICR
        bmi leave               ; a timer or FLAG, which nobody here asked for
        jsr cartridge_present
        bne restore_key
        jmp (CARTRIDGE + 2)
restore_key:
        jsr stop_scan
        jsr call_stop
        bne leave

; BRK, and RUN/STOP with RESTORE: chips, vectors and screen are set up again.
brk_handler:                    ; $FE66
        jsr chip_init
        jsr restor
        jsr screen_init
        jmp (BASIC_WARM)

leave:  jmp nmi_exit            ; $FE72: nothing to be done

.segment "NMI_EXIT"             ; $FEBC: restores the registers

nmi_exit:
        pla
        tay
        pla
        tax
        pla
        rti

        .assert nmi_handler = $FE47, error, "POKE 792,71 sets it again"
        .assert brk_handler = $FE66, error, "published address"
        .assert leave = $FE72, error, "published address"
