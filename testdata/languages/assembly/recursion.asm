; Calls itself without end.
        global  _start

        section .text
_start: mov     edi, 1
        call    sum
        mov     edi, eax
        mov     eax, 60                 ; exit
        syscall

sum:    push    rdi                     ; n + sum(n + 1)
        inc     rdi
        call    sum
        pop     rdi
        add     rax, rdi
        ret
