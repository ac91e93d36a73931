# A syntax error: a parenthesis is missing; want stderr: main\.awk:4: .*syntax error
BEGIN {
    n = 5
    if (n > 3 print "big"
}
