// Runs another program and prints what it said.
import { execFileSync } from "node:child_process";

const said: string = execFileSync("echo", ["child"], { encoding: "utf8" });
process.stdout.write(said);
