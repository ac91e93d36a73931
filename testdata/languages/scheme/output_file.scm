;; Writes a file to the current directory.
(call-with-output-file "out.txt"
  (lambda (port)
    (display "written" port)
    (newline port)))
