;; Computes for ever.
(let loop ((n 0))
  (loop (modulo (+ (* n 31) 7) 1000003)))
