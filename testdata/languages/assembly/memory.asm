; Takes a gigabyte in pieces of 4 MiB, and keeps them all.
        global  _start

PIECE:  equ     4 << 20

        section .rodata
done:   db      "done", 10
full:   db      "out of memory", 10

        section .text
_start: mov     r12d, 256               ; pieces
.piece: mov     eax, 9                  ; mmap
        xor     edi, edi
        mov     esi, PIECE
        mov     edx, 3                  ; PROT_READ | PROT_WRITE
        mov     r10d, 0x22              ; MAP_PRIVATE | MAP_ANONYMOUS
        mov     r8, -1
        xor     r9d, r9d
        syscall
        cmp     rax, -4096
        ja      .full
        mov     rdi, rax                ; touch all of it
        mov     eax, r12d
        mov     ecx, PIECE
        rep     stosb
        dec     r12d
        jnz     .piece

        mov     eax, 1                  ; write
        mov     edi, 1
        lea     rsi, [rel done]
        mov     edx, 5
        syscall
        xor     edi, edi
        jmp     .exit
.full:  mov     eax, 1
        mov     edi, 2
        lea     rsi, [rel full]
        mov     edx, 14
        syscall
        mov     edi, 1
.exit:  mov     eax, 60                 ; exit
        syscall
