// Requires a function from the module beside it.
const { answer } = require("./util");

console.log(answer());
