# Prints a greeting.
BEGIN { print "hello" }
