# Ends with an exit code of its own.
BEGIN { exit 3 }
