// Throws an error that nobody catches.
// want stderr: (?s)^/main\.ts:10\n.*Error: boom\n    at check \(.*main\.ts:10:11\)
interface Item {
  name: string;
  count: number;
}

function check(item: Item): void {
  if (item.count > 2) {
    throw new Error(item.name);
  }
}

for (let count = 0; count < 5; count++) {
  check({ name: "boom", count });
}
