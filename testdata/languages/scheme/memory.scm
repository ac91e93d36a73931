;; Keeps 1 GiB of bytes, in pieces of 4 MiB.
(use-modules (rnrs bytevectors))

(define pieces
  (let loop ((i 0) (pieces '()))
    (if (= i 256)
        pieces
        (loop (+ i 1)
              (cons (make-bytevector (* 4 1024 1024) (modulo i 256)) pieces)))))

(if (= (length pieces) 256)
    (begin
      (display "done")
      (newline)))
