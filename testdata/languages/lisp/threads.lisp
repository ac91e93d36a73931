;;; Four threads compute a sum together.
(defun part (k)
  (loop for n from (1+ (* k 250000)) to (* (1+ k) 250000)
        sum n))

(let ((threads (loop for k below 4
                     collect (let ((k k))
                               (sb-thread:make-thread (lambda () (part k)))))))
  (format t "~d~%" (reduce #'+ (mapcar #'sb-thread:join-thread threads))))
