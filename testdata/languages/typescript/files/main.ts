// Imports a function from the module beside it.
import { answer } from "./util";

console.log(answer());
