! Runs a command, which prints to the same output.
program main
    implicit none
    integer :: code

    call execute_command_line('echo child', exitstat=code)
    if (code /= 0) error stop 'the command failed'
end program main
