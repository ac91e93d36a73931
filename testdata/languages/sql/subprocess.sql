-- Runs a command, which prints by itself (the shell program's .system).
.system echo child
