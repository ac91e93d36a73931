// The shortest program: it prints a line.
console.log("hello");
