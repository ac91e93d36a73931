// Forgets the closing parenthesis of a condition.
// want compile: (?s)\[ERROR\] Expected "\)" but found "\{"\n\n    main\.ts:5:15:
const answer: number = 42;

if (answer > 1 {
  console.log("large");
}
