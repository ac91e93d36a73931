-- Runs a command and prints its output.
local pipe = assert(io.popen("echo child"))
io.write(pipe:read("a"))
pipe:close()
