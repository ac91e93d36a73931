// Runs another program and prints what it said.
const { execFileSync } = require("node:child_process");

process.stdout.write(execFileSync("echo", ["child"]));
