// Throws an error that nobody catches.
// want stderr: (?s)main\.js:6\n.*Error: boom\n    at check \(.*main\.js:6:11\)

function check(number) {
  if (number > 2) {
    throw new Error("boom");
  }
}

for (let i = 0; i < 5; i++) {
  check(i);
}
