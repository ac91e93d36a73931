# Runs another program and prints what it said.
said = `echo child`
puts said
