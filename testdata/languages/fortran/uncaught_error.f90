! Ends with an error.
! want stderr: ERROR STOP boom\n(.*\n)*.*main\.f90:14\b
program main
    implicit none
    integer :: count

    count = command_argument_count()
    call check(count)
    print '(a)', 'not reached'
contains
    subroutine check(n)
        integer, intent(in) :: n

        if (n /= 1000) error stop 'boom'
    end subroutine check
end program main
