! Computes for ever.
program main
    implicit none
    integer :: n

    n = 1
    do
        n = mod(n * 75 + 74, 65537)
        if (n < 0) print '(a)', 'never'
    end do
end program main
