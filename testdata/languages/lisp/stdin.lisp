;;; Reads numbers from standard input: prints how many lines there were, and their sum.
(defun numbers (line)
  (with-input-from-string (words line)
    (loop for number = (read words nil)
          while number
          collect number)))

(loop for line = (read-line *standard-input* nil)
      while line
      count t into lines
      sum (reduce #'+ (numbers line)) into total
      finally (format t "~d~%~d~%" lines total))
