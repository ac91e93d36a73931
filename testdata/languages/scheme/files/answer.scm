;; The module of a program of two files.
(define-module (answer)
  #:export (compute))

(define (compute a b)
  (* a b))
