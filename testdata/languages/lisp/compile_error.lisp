;;; A syntax error: a parenthesis is missing; want stderr: READ error during LOAD:(.|\n)*end of file on(.|\n)*main\.lisp(.|\n)*in form starting at line: 4
(defvar *n* 5)

(if (> *n* 3)
    (progn
      (format t "big~%"))
