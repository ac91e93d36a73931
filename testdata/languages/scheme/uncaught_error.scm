;; An error that nobody catches; want stderr: main\.scm:4:6: boom
(define (check value)
  (if (< value 0)
      (error "boom")
      value))

(display (check -1))
(newline)
