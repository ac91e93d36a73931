# A program of two files: this one reads the other.
Code.require_file("answer.exs")

IO.puts(Answer.compute(6, 7))
