! Writes a file to the current directory.
program main
    implicit none
    integer :: unit

    open (newunit=unit, file='out.txt', action='write', status='replace')
    write (unit, '(a)') 'written'
    close (unit)
end program main
