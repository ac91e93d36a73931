% Keeps 1 GiB of numbers, in pieces of 4 MiB.
pieces = cell(1, 256);
for i = 1:256
  pieces{i} = i * ones(1024, 512);
end
disp("done");
