! Four threads share a sum, with OpenMP.
program main
    use, intrinsic :: iso_fortran_env, only: int64
    implicit none
    integer(int64) :: i, total

    total = 0
    !$omp parallel do num_threads(4) reduction(+:total)
    do i = 1, 1000000
        total = total + i
    end do
    !$omp end parallel do
    print '(i0)', total
end program main
