;; A program of two files: this one uses the module.
(use-modules (answer))

(display (compute 6 7))
(newline)
