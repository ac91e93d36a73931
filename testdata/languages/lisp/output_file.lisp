;;; Writes a file to the current directory.
(with-open-file (file "out.txt" :direction :output)
  (format file "written~%"))
