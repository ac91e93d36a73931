-- A program of two files: this one uses the module.
local answer = require("answer")

print(answer.compute(6, 7))
