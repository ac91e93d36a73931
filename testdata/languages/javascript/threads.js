// Four worker threads add up a quarter of the numbers each.
const { Worker, isMainThread, parentPort, workerData } = require("node:worker_threads");

const COUNT = 1_000_000;
const THREADS = 4;

if (isMainThread) {
  let sum = 0;
  let left = THREADS;
  for (let part = 0; part < THREADS; part++) {
    const worker = new Worker(__filename, { workerData: part });
    worker.on("message", (partial) => {
      sum += partial;
      if (--left === 0) {
        console.log(sum);
      }
    });
  }
} else {
  const size = COUNT / THREADS;
  let partial = 0;
  for (let number = workerData * size + 1; number <= (workerData + 1) * size; number++) {
    partial += number;
  }
  parentPort.postMessage(partial);
}
