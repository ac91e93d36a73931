! Ends with an exit code of its own.
program main
    implicit none
    stop 3
end program main
