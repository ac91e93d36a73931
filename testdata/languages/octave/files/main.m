% A program of two files: this one calls the function of the other.
printf("%d\n", compute(6, 7));
