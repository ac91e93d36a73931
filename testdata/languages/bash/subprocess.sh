# Runs another program and prints what it said.
said=$(env echo child)
echo "$said"
