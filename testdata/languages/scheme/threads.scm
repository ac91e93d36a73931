;; Four threads compute a sum together.
(use-modules (ice-9 threads))

(define (part k)
  (let loop ((n (+ (* k 250000) 1)) (sum 0))
    (if (> n (* (+ k 1) 250000))
        sum
        (loop (+ n 1) (+ sum n)))))

(define threads
  (map (lambda (k) (call-with-new-thread (lambda () (part k))))
       '(0 1 2 3)))

(display (apply + (map join-thread threads)))
(newline)
