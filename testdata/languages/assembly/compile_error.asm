; Has an instruction that does not exist.
; want compile: main\.asm:6: error: 
        global  _start

        section .text
_start: move    eax, 60
        xor     edi, edi
        syscall
