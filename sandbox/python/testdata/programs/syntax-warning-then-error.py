x = 1
x is 1
"\d"
x = = 2
