// Four worker threads add up a quarter of the numbers each.
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";

const COUNT: number = 1_000_000;
const THREADS: number = 4;

function addPart(part: number): number {
  const size = COUNT / THREADS;
  let sum = 0;
  for (let n = part * size + 1; n <= (part + 1) * size; n++) {
    sum += n;
  }
  return sum;
}

function inWorker(part: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: part });
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

if (isMainThread) {
  const parts = Array.from({ length: THREADS }, (_, part) => inWorker(part));
  const sums = await Promise.all(parts);
  console.log(sums.reduce((a, b) => a + b));
} else {
  parentPort!.postMessage(addPart(workerData as number));
}
