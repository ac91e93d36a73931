# Writes a file to the current directory.
BEGIN { print "written" > "out.txt" }
