% Runs a command and prints its output.
[status, output] = system("echo child");
printf("%s", output);
