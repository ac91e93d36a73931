% Reads numbers from standard input: prints how many lines there were, and their sum.
lines = 0;
total = 0;
while ischar(line = fgetl(stdin))
  lines += 1;
  total += sum(sscanf(line, "%d"));
end
printf("%d\n%d\n", lines, total);
