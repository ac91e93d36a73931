;;; Prints each command line argument on a line of its own.
(dolist (argument (rest sb-ext:*posix-argv*))
  (format t "~a~%" argument))
