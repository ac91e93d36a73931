;;; Runs a command, whose output goes to ours.
(sb-ext:run-program "echo" '("child") :search t :output *standard-output*)
