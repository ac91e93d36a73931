;;; Computes for ever.
(let ((n 0))
  (loop
    (setf n (mod (+ (* n 31) 7) 1000003))))
