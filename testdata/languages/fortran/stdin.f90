! Reads standard input by lines and adds up the integers in it.
program main
    use, intrinsic :: iso_fortran_env, only: int64, input_unit
    implicit none
    character(len=1000) :: line
    integer :: lines, status, first, last
    integer(int64) :: number, total

    lines = 0
    total = 0
    do
        read (input_unit, '(a)', iostat=status) line
        if (status /= 0) exit
        lines = lines + 1
        first = verify(line, ' ')
        do while (first > 0)
            last = first + scan(line(first:), ' ') - 2
            read (line(first:last), *) number
            total = total + number
            line(first:last) = ' '
            first = verify(line, ' ')
        end do
    end do
    print '(i0)', lines, total
end program main
