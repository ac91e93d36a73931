# A program of two files: this one includes the other.
@include "answer.awk"

BEGIN { print compute(6, 7) }
