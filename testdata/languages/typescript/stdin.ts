// Reads integers from standard input and prints the number of lines and the sum.
import * as readline from "node:readline";

let lines: number = 0;
let sum: number = 0;
for await (const line of readline.createInterface({ input: process.stdin })) {
  lines++;
  for (const word of line.split(/\s+/)) {
    sum += Number(word);
  }
}
console.log(lines);
console.log(sum);
