# input() with prompts: they go to stdout, kept in order with the rest.
import sys
print("no newline:", end="")
print(repr(input("prompt> ")))
print(repr(input()))
print(repr(input(3)))
sys.stderr.write("err;")
print(repr(input("é日 ")))
print(repr(input()))
try:
    input("\udce9")
except UnicodeEncodeError as e:
    print(ascii(e))
try:
    input("at the end> ")
except EOFError as e:
    print("EOF", e)
input("uncaught> ")
