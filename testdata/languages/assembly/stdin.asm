; Reads standard input by lines and adds up the integers in it, with the C library.
        default rel
        global  main
        extern  getline, strtol, printf, stdin

        section .bss
line:   resq    1
size:   resq    1
end:    resq    1

        section .rodata
format: db      "%ld", 10, "%ld", 10, 0

        section .text
main:   push    rbx                     ; lines
        push    r12                     ; sum
        push    r13                     ; where in the line
        xor     ebx, ebx
        xor     r12d, r12d
.line:  lea     rdi, [line]
        lea     rsi, [size]
        mov     rdx, [stdin]
        call    getline
        test    rax, rax
        js      .done
        inc     rbx
        mov     r13, [line]
.word:  mov     rdi, r13
        lea     rsi, [end]
        mov     edx, 10
        call    strtol
        cmp     r13, [end]              ; there was no number
        je      .line
        add     r12, rax
        mov     r13, [end]
        jmp     .word
.done:  lea     rdi, [format]
        mov     rsi, rbx
        mov     rdx, r12
        xor     eax, eax
        call    printf
        xor     eax, eax
        pop     r13
        pop     r12
        pop     rbx
        ret
