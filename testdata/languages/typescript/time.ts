// Computes for ever.
let state: number = 1;
while (true) {
  state = (state * 48271) % 2147483647;
}
