;;; want status: failed
;;; want stdout: ^before\n$
;;; want stderr: END-OF-FILE
(write-line "before")
(write-line (read-line))
(write-line "after")
