% Prints a greeting.
disp("hello");
