;;; Counts the characters (not the bytes) of a line.
(let ((line (read-line)))
  (format t "~d~%~a~%" (length line) line))
