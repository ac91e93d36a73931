; The beginning of programs that have main and use the C library. Weak: a program
; with a _start of its own has that instead.
        default rel
        global  _start:function weak
        extern  main:weak
        extern  __libc_start_main

        section .text
_start: xor     ebp, ebp
        mov     r9, rdx                 ; rtld_fini
        mov     rsi, [rsp]              ; argc
        lea     rdx, [rsp + 8]          ; argv
        and     rsp, -16
        mov     rdi, main
        test    rdi, rdi
        jz      .none
        push    rax
        push    rsp                     ; stack_end
        xor     r8d, r8d                ; fini
        xor     ecx, ecx                ; init
        call    __libc_start_main
        hlt
.none:  mov     eax, 1
        mov     edi, 2
        lea     rsi, [text]
        mov     edx, length
        syscall
        mov     eax, 231                ; exit_group
        mov     edi, 127
        syscall

        section .rodata
text:   db      "the program has neither _start nor main that is global", 10
length: equ     $ - text

        section .note.GNU-stack noalloc noexec nowrite progbits
