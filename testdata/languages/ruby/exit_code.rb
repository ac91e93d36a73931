# Ends with an exit code of its own choice.
exit 3
