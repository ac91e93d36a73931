% Writes a file to the current directory.
file = fopen("out.txt", "w");
fprintf(file, "written\n");
fclose(file);
