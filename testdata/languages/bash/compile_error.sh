# Forgets the word `then`.
# want stderr: main\.sh: line 7: syntax error near unexpected token `fi'
number=42

if ((number > 1))
  echo large
fi
