; Four threads share a sum, with the C library.
        default rel
        global  main
        extern  pthread_create, pthread_join, printf

EACH:   equ     250000

        section .bss
thread: resq    4
sums:   resq    4

        section .rodata
format: db      "%ld", 10, 0

        section .text
; sums[rdi] = the sum of its 250000 numbers
add_up: mov     rcx, rdi
        imul    rcx, rcx, EACH
        lea     rdx, [rcx + EACH]       ; the last of them
        xor     eax, eax
.next:  inc     rcx
        add     rax, rcx
        cmp     rcx, rdx
        jb      .next
        lea     rdx, [sums]
        mov     [rdx + rdi * 8], rax
        ret

main:   push    rbx
        push    r12
        sub     rsp, 8
        xor     ebx, ebx
.start: lea     rdi, [thread]
        lea     rdi, [rdi + rbx * 8]
        xor     esi, esi
        lea     rdx, [add_up]
        mov     rcx, rbx
        call    pthread_create
        test    eax, eax
        jnz     .exit
        inc     ebx
        cmp     ebx, 4
        jb      .start

        xor     r12d, r12d
.join:  dec     ebx
        lea     rdi, [thread]
        mov     rdi, [rdi + rbx * 8]
        xor     esi, esi
        call    pthread_join
        lea     rdx, [sums]
        add     r12, [rdx + rbx * 8]
        test    ebx, ebx
        jnz     .join

        lea     rdi, [format]
        mov     rsi, r12
        xor     eax, eax
        call    printf
        xor     eax, eax
.exit:  add     rsp, 8
        pop     r12
        pop     rbx
        ret
