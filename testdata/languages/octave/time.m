% Computes for ever.
n = 0;
while true
  n = mod(n * 31 + 7, 1000003);
end
