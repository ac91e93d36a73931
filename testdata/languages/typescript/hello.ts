// The shortest program: it prints a line.
const greeting: string = "hello";
console.log(greeting);
