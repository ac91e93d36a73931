;;; Ends with an exit code of its own.
(sb-ext:exit :code 3)
