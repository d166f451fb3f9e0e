; What the agent that stands alone says of its line.

        .include "link.inc"

        .export line_missing, line_name

.segment "RESIDENT"

line_name:
line_missing:
        .byte "USER PORT UP9600", KEY_RETURN, 0
