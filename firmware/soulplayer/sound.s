; Tokens to hear: each is a chord of three voices that spells its id in base 7. Voice v plays step 3 + 7 v + d of the
; C-major pentatonic scale counted from C3, where d is the v-th digit of the id: id % 7, id / 7 % 7, id / 49.
;
; A chord: frequencies, SR = $F9, gate on; a unit of time later gate off; a unit later SR = $F0, so that the envelope is
; at rest when the next chord starts; a unit later that may start. A unit is 65,536 cycles (64 ms NTSC, 67 ms PAL).
; Nothing waits: sound_poll, called often, makes each step when its time has come, and chords that come too early queue.

        .include "hardware.inc"

        .export sound_chord, sound_finish, sound_poll, sound_start
        .import chord_pal_low, chord_pal_high, chord_ntsc_low, chord_ntsc_high

NOTES                   = 21            ; 3 voices of 7
BASE                    = 7
TRIANGLE                = $10
GATE                    = $01
ATTACK_DECAY            = $00
SUSTAIN_RELEASE         = $F9
SUSTAIN_REST            = $F0
VOLUME                  = $0F
PAL_RASTER              = $20           ; low byte of the last raster line: $37 of $137 on PAL, $05 or $06 on NTSC

AT_REST                 = 0             ; states of a chord, in this order
SOUNDING                = 1
FADING                  = 2
SETTLING                = 3

QUEUE                   = 64            ; a power of two, more than a reply has tokens

.zeropage

sound_state:            .res 1
sound_id:               .res 2
sound_now:              .res 2          ; time in 256 cycles, counted down: timer A's high byte, timer B's low byte
sound_since:            .res 2          ; sound_now at the last change of state
queue_first:            .res 1          ; the next to sound
queue_end:              .res 1          ; behind the last; equal: nothing waits

.bss

sound_low:              .res NOTES      ; frequencies for this machine's clock
sound_high:             .res NOTES
queue_low:              .res QUEUE
queue_high:             .res QUEUE

.code

; sound_start: the SID silent and ready, the frequencies chosen by the video chip's number of raster lines.
; The volume is set here and never again: each change of it clicks like a token.
; In: interrupts off. Uses: A, X, Y
sound_start:
        jsr silence
        ldx #SID_VOICES * SID_VOICE_SIZE - SID_VOICE_SIZE
@voice: lda #ATTACK_DECAY
        sta SID + SID_ATTACK_DECAY,x
        lda #SUSTAIN_REST
        sta SID + SID_SUSTAIN_RELEASE,x
        txa
        sec
        sbc #SID_VOICE_SIZE
        tax
        bcs @voice
        lda #VOLUME
        sta SID_VOLUME
        lda #AT_REST
        sta sound_state
        lda #0
        sta queue_first
        sta queue_end

@lines_below_256:
        bit VIC_CONTROL
        bmi @lines_below_256
@wait:  bit VIC_CONTROL
        bpl @wait
@last:  tax                     ; the line read before this one, known to be beyond 256
        lda VIC_RASTER
        bit VIC_CONTROL
        bmi @last
        ldy #NOTES - 1
        cpx #PAL_RASTER
        bcc @ntsc
@pal:   lda chord_pal_low,y
        sta sound_low,y
        lda chord_pal_high,y
        sta sound_high,y
        dey
        bpl @pal
        rts
@ntsc:  lda chord_ntsc_low,y
        sta sound_low,y
        lda chord_ntsc_high,y
        sta sound_high,y
        dey
        bpl @ntsc
        rts

; sound_finish: lets all chords sound to their end, then silences the SID.
; Uses: A, X, Y
sound_finish:
        jsr sound_poll
        lda sound_state
        bne sound_finish
        ; fall through

silence:
        ldx #SID_REGISTERS - 1
        lda #0
@next:  sta SID,x
        dex
        bpl @next
        rts

; sound_chord: sounds an id, now or as soon as the chords before it are over. A full queue drops it.
; In: A, X id 0..342 (low, high). Uses: A, X, Y. Cycles: 460 when it sounds at once
sound_chord:
        ldy queue_end
        sta queue_low,y
        txa
        sta queue_high,y
        iny
        tya
        and #QUEUE - 1
        cmp queue_first
        beq sound_poll
        sta queue_end
        ; fall through

; sound_poll: the sound's next step, if its time has come.
; Uses: A, X, Y. Cycles: 21 at rest, else at most 126, a chord's start 420
sound_poll:
        ldx sound_state
        beq next_chord
        lda CIA2_TIMER_B_LOW
        cmp sound_since + 1
        beq none                ; short cut: less than a unit for sure
        jsr read_time
        sec
        lda sound_since         ; the time counts down
        sbc sound_now
        lda sound_since + 1
        sbc sound_now + 1
        beq none
        jsr change_state
        cpx #SOUNDING
        beq @gate_off
        cpx #FADING
        beq @settle
        lda #AT_REST
        sta sound_state
        beq next_chord          ; always
@gate_off:
        lda #TRIANGLE
        bne set_control         ; always
@settle:
        lda #SUSTAIN_REST
        bne set_release         ; always
none:   rts

; next_chord: starts the chord that waits, if one does; the one before is over.
next_chord:
        ldx queue_first
        cpx queue_end
        beq none
        lda queue_low,x
        sta sound_id
        lda queue_high,x
        sta sound_id + 1
        inx
        txa
        and #QUEUE - 1
        sta queue_first

        ldy #0                  ; Y = id / 49, sound_id = id % 49
@third: sec
        lda sound_id
        sbc #BASE * BASE
        tax
        lda sound_id + 1
        sbc #0
        bcc @third_done
        sta sound_id + 1
        stx sound_id
        iny
        bne @third              ; always
@third_done:
        lda sound_low + 2 * BASE,y
        sta SID + 2 * SID_VOICE_SIZE + SID_FREQUENCY_LOW
        lda sound_high + 2 * BASE,y
        sta SID + 2 * SID_VOICE_SIZE + SID_FREQUENCY_HIGH
        lda sound_id
        ldy #$FF                ; Y = id / 7 % 7, X = id % 7
        sec
@second:
        iny
        sbc #BASE
        bcs @second
        adc #BASE
        tax
        lda sound_low + BASE,y
        sta SID + SID_VOICE_SIZE + SID_FREQUENCY_LOW
        lda sound_high + BASE,y
        sta SID + SID_VOICE_SIZE + SID_FREQUENCY_HIGH
        lda sound_low,x
        sta SID + SID_FREQUENCY_LOW
        lda sound_high,x
        sta SID + SID_FREQUENCY_HIGH

        jsr read_time
        jsr change_state
        lda #SUSTAIN_RELEASE
        jsr set_release
        lda #TRIANGLE | GATE
        ; fall through

; set_control: In: A for the control registers of all voices.
set_control:
        .repeat SID_VOICES, voice
        sta SID + voice * SID_VOICE_SIZE + SID_CONTROL
        .endrepeat
        rts

; set_release: In: A for the sustain/release registers of all voices.
set_release:
        .repeat SID_VOICES, voice
        sta SID + voice * SID_VOICE_SIZE + SID_SUSTAIN_RELEASE
        .endrepeat
        rts

; change_state: to the next state, as of sound_now. Out: X the state before. Uses: A
change_state:
        lda sound_now
        sta sound_since
        lda sound_now + 1
        sta sound_since + 1
        ldx sound_state
        inc sound_state
        rts

; read_time: Out: sound_now. Uses: A, X
read_time:
@again: ldx CIA2_TIMER_B_LOW
        lda CIA2_TIMER_A_HIGH
        cpx CIA2_TIMER_B_LOW
        bne @again
        sta sound_now
        stx sound_now + 1
        rts
