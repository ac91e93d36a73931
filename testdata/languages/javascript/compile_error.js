// Forgets the closing parenthesis of a condition.
// want stderr: (?s)main\.js:5\n.*SyntaxError: Unexpected token '\{'
const number = 42;

if (number > 1 {
  console.log("large");
}
