// Prints its arguments, each on a line.
for (const arg of process.argv.slice(2)) {
  console.log(arg);
}
