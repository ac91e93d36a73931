; Counts the characters of a line, which is UTF-8: bytes that do not continue another.
        default rel
        global  main
        extern  fgets, printf, stdin

        section .bss
line:   resb    100

        section .rodata
format: db      "%d", 10, "%s", 0

        section .text
main:   sub     rsp, 8
        lea     rdi, [line]
        mov     esi, 100
        mov     rdx, [stdin]
        call    fgets
        xor     esi, esi                ; characters
        lea     rdx, [line]
        mov     rcx, rdx
.byte:  mov     al, [rcx]
        inc     rcx
        cmp     al, 10
        je      .done
        cmp     al, 0
        je      .done
        and     al, 0xC0
        cmp     al, 0x80
        je      .byte
        inc     esi
        jmp     .byte
.done:  lea     rdi, [format]
        xor     eax, eax
        call    printf
        xor     eax, eax
        add     rsp, 8
        ret
