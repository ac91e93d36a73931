; Computes for ever.
        global  _start

        section .text
_start: mov     eax, 1
.again: imul    eax, eax, 1664525
        add     eax, 1013904223
        jmp     .again
