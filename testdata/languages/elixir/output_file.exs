# Writes a file to the current directory.
File.write!("out.txt", "written\n")
