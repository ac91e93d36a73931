# help() without argument reads from stdin until quit.
help()
print("after")
