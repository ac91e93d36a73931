// Keeps more and more memory: 1 GiB in pieces of 8 MiB.
const pieces = [];
for (let i = 0; i < 128; i++) {
  pieces.push(new Array(1 << 20).fill(i + 0.5));
}
console.log("done");
