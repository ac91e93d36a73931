;; Ends with an exit code of its own.
(exit 3)
