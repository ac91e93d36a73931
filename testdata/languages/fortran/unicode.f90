! Counts the characters of a line, which is UTF-8.
program main
    use, intrinsic :: iso_fortran_env, only: input_unit, output_unit
    implicit none
    integer, parameter :: ucs4 = selected_char_kind('ISO_10646')
    character(kind=ucs4, len=100) :: line

    open (input_unit, encoding='UTF-8')
    open (output_unit, encoding='UTF-8')
    read (input_unit, '(a)') line
    write (output_unit, '(i0)') len_trim(line)
    write (output_unit, '(a)') trim(line)
end program main
