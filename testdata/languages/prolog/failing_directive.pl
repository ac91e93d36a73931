% want status: failed
% want stdout: ^before\n$
% want stderr: failing_directive|main\.pl:6
:- write(before), nl.

:- fail.
