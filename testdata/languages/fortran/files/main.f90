! A program of two files: the other one is a module.
program main
    use answers, only: answer
    implicit none

    print '(i0)', answer()
end program main
