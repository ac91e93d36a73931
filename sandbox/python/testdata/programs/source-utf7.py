# coding: utf-7
print(ascii("+AOk-"))
print(1/0)
