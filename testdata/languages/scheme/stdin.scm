;; Reads numbers from standard input: prints how many lines there were, and their sum.
(use-modules (ice-9 rdelim))

(define (numbers line)
  (map string->number (string-tokenize line)))

(let loop ((lines 0) (sum 0))
  (let ((line (read-line)))
    (if (eof-object? line)
        (begin
          (display lines)
          (newline)
          (display sum)
          (newline))
        (loop (+ lines 1) (apply + sum (numbers line))))))
