;; A recursion without an end, whose result is needed.
(define (depth n)
  (+ 1 (depth (+ n 1))))

(display (depth 0))
(newline)
