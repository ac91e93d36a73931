# Writes a file to the current directory.
echo written >out.txt
