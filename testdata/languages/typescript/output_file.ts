// Writes a file to the current directory.
import { writeFileSync } from "node:fs";

writeFileSync("out.txt", "written\n");
