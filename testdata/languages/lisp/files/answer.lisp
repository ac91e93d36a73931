;;; The other file of a program of two files.
(defun compute (a b)
  (* a b))
