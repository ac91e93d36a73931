# A syntax error: a parenthesis is missing; want stderr: Error: unexpected symbol
n <- 5
if (n > 3 print("big")
