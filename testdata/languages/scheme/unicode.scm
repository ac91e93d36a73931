;; Counts the characters (not the bytes) of a line.
(use-modules (ice-9 rdelim))

(let ((line (read-line)))
  (display (string-length line))
  (newline)
  (display line)
  (newline))
