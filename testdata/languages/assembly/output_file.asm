; Writes a file to the current directory, by system calls alone.
        global  _start

        section .rodata
name:   db      "out.txt", 0
text:   db      "written", 10
length: equ     $ - text

        section .text
_start: mov     eax, 2                  ; open
        lea     rdi, [rel name]
        mov     esi, 0o1101             ; O_WRONLY | O_CREAT | O_TRUNC
        mov     edx, 0o644
        syscall
        test    eax, eax
        js      .exit
        mov     ebx, eax
        mov     edi, eax
        mov     eax, 1                  ; write
        lea     rsi, [rel text]
        mov     edx, length
        syscall
        mov     eax, 3                  ; close
        mov     edi, ebx
        syscall
.exit:  mov     edi, eax                ; 0 if all went well
        mov     eax, 60                 ; exit
        syscall
