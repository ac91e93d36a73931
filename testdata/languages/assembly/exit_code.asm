; Ends with an exit code of its own.
        global  main

        section .text
main:   mov     eax, 3
        ret
