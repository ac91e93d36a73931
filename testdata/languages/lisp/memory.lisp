;;; Keeps 1 GiB of bytes, in pieces of 4 MiB.
(defvar *pieces*
  (loop for i from 1 to 256
        collect (make-array (* 4 1024 1024)
                            :element-type '(unsigned-byte 8)
                            :initial-element (mod i 256))))

(when (= (length *pieces*) 256)
  (format t "done~%"))
