;; Runs a command and prints its output.
(use-modules (ice-9 popen) (ice-9 textual-ports))

(let ((port (open-input-pipe "echo child")))
  (display (get-string-all port))
  (close-pipe port))
