# Runs a command and prints its output.
{output, 0} = System.cmd("echo", ["child"])
IO.write(output)
