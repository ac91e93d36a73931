! Uses a variable that was never declared.
! want compile: main\.f90:7:19:(.*\n)*Error: Symbol .number. at \(1\) has no IMPLICIT type
program main
    implicit none
    integer :: answer

    answer = number + 1
    print '(i0)', answer
end program main
