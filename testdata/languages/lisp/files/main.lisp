;;; A program of two files: this one loads the other.
(load "answer.lisp")

(format t "~d~%" (compute 6 7))
