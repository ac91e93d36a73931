% A recursion without an end, whose result is needed; want stderr: max_recursion_depth exceeded
1;

function result = depth(n)
  result = 1 + depth(n + 1);
end

disp(depth(0));
