; What the agent that stands alone says of its line.

        .include "link.inc"

        .export line_missing, line_name

.segment "RESIDENT"

line_name:
        .byte "SWIFTLINK 38400", KEY_RETURN, 0
line_missing:
        .byte "NO SWIFTLINK AT $DE00", KEY_RETURN, 0
