; Runs a command and prints what it says, with the C library.
        default rel
        global  main
        extern  popen, pclose, fgets, printf

        section .bss
line:   resb    100

        section .rodata
command: db     "echo child", 0
mode:   db      "r", 0
format: db      "%s", 0

        section .text
main:   push    rbx
        lea     rdi, [command]
        lea     rsi, [mode]
        call    popen
        test    rax, rax
        jz      .failed
        mov     rbx, rax
.line:  lea     rdi, [line]
        mov     esi, 100
        mov     rdx, rbx
        call    fgets
        test    rax, rax
        jz      .done
        lea     rdi, [format]
        lea     rsi, [line]
        xor     eax, eax
        call    printf
        jmp     .line
.done:  mov     rdi, rbx
        call    pclose
        pop     rbx
        ret
.failed: mov    eax, 1
        pop     rbx
        ret
