% The function of a program of two files.
function result = compute(a, b)
  result = a * b;
end
