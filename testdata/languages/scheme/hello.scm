;; Prints a greeting.
(display "hello")
(newline)
