// Computes for ever.
let number = 1;
while (true) {
  number = (number * 48271) % 2147483647;
}
