;;; Prints a greeting.
(format t "hello~%")
