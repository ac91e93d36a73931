// Counts the characters, not the bytes, of a line.
const fs = require("node:fs");

const line = fs.readFileSync(0, "utf8").split("\n")[0];
console.log([...line].length);
console.log(line);
