;;; An error that nobody handles; want stderr: Unhandled SIMPLE-ERROR in thread (.|\n)*boom(.|\n)*\(CHECK -1\)
(defun check (value)
  (if (< value 0)
      (error "boom")
      value))

(format t "~a~%" (check -1))
