% A syntax error: a parenthesis is missing; want stderr: parse error near line 4 of file .*main\.m
n = 5;
if n > 3
  disp("big";
end
