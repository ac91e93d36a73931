% Counts the characters (not the bytes) of a line.
line = fgetl(stdin);
printf("%d\n", max(unicode_idx(line)));
printf("%s\n", line);
