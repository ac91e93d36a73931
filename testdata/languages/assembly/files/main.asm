; A program of two files: the other one is included.
        default rel
        global  main
        extern  printf

%include "answer.inc"

        section .rodata
format: db      "%d", 10, 0

        section .text
main:   sub     rsp, 8
        lea     rdi, [format]
        mov     esi, ANSWER
        xor     eax, eax
        call    printf
        xor     eax, eax
        add     rsp, 8
        ret
