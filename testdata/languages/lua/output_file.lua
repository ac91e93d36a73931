-- Writes a file to the current directory.
local file <close> = assert(io.open("out.txt", "w"))
file:write("written\n")
