# The shortest program: it prints a line.
echo hello
