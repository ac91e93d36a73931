;; Prints each command line argument on a line of its own.
(for-each
 (lambda (argument)
   (display argument)
   (newline))
 (cdr (command-line)))
