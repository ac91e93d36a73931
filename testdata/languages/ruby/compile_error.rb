# Forgets a closing parenthesis.
# want stderr: main\.rb:5: syntax error, unexpected .*, expecting '\)'
number = 42

puts(format("%d", number if number > 1
