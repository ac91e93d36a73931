;; A syntax error: a parenthesis is missing; want compile: main\.scm:9:1: unexpected end of input
(define n 5)

(if (> n 3)
    (begin
      (display "big")
      (newline))
;; The last line.
