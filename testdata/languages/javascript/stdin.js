// Reads integers from standard input and prints the number of lines and the sum.
const readline = require("node:readline");

let lines = 0;
let sum = 0;
readline
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    lines++;
    for (const word of line.split(/\s+/)) {
      sum += Number(word);
    }
  })
  .on("close", () => {
    console.log(lines);
    console.log(sum);
  });
