# Writes a file to the current directory.
with open("out.txt", "w") as file:
    print("written", file=file)
