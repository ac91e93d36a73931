;;; A recursion without an end, whose result is needed; want stderr: [Cc]ontrol stack exhausted
(defun depth (n)
  (+ 1 (depth (+ n 1))))

(format t "~d~%" (depth 0))
