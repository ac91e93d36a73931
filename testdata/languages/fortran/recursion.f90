! Calls itself without end; the result of the inner call is needed.
program main
    implicit none

    print '(i0)', deep(1)
contains
    recursive integer function deep(n) result(r)
        integer, intent(in) :: n

        r = mod(n, 10) + mod(deep(n + 1), 1000)
    end function deep
end program main
