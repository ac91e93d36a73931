# Runs a command and prints its output.
BEGIN {
    command = "echo child"
    while ((command | getline line) > 0)
        print line
    close(command)
}
