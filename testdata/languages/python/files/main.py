# Imports a function from the module beside it.
from util import answer

print(answer())
