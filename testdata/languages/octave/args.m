% Prints each command line argument on a line of its own.
arguments = argv();
for i = 1:numel(arguments)
  printf("%s\n", arguments{i});
end
