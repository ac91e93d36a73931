// Writes a file to the current directory.
const fs = require("node:fs");

fs.writeFileSync("out.txt", "written\n");
