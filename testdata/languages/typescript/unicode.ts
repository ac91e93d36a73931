// Counts the characters, not the bytes, of a line.
import { readFileSync } from "node:fs";

const [line]: string[] = readFileSync(0, "utf8").split("\n");
console.log([...line].length);
console.log(line);
