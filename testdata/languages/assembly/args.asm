; Prints its arguments, each on a line, with the C library.
        global  main
        extern  puts

        section .text
main:   push    rbx
        lea     rbx, [rsi + 8]          ; the first argument
        sub     rsp, 8 + 8              ; the stack stays a multiple of 16
.next:  mov     rdi, [rbx]
        test    rdi, rdi
        jz      .done
        call    puts
        add     rbx, 8
        jmp     .next
.done:  xor     eax, eax
        add     rsp, 8 + 8
        pop     rbx
        ret
