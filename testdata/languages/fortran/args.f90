! Prints its arguments, each on a line.
program main
    implicit none
    character(len=:), allocatable :: arg
    integer :: i, length

    do i = 1, command_argument_count()
        call get_command_argument(i, length=length)
        allocate (character(len=length) :: arg)
        call get_command_argument(i, arg)
        print '(a)', arg
        deallocate (arg)
    end do
end program main
