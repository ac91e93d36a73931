! Takes a gigabyte in pieces, and keeps them all.
program main
    implicit none
    type piece
        integer, allocatable :: values(:)
    end type piece
    type(piece) :: pieces(256)
    integer :: i

    do i = 1, size(pieces)
        allocate (pieces(i)%values(1024 * 1024))
        pieces(i)%values = i
    end do
    print '(a)', 'done'
    print '(i0)', sum([(pieces(i)%values(i), i=1, size(pieces))])
end program main
