// run resolves with the exit code of the Go test binary. The runner gives the
// page "overrideQuota" where its browser can.
const lines = [];

globalThis.run = (test) => {
  const worker = new Worker("/worker.js");
  const exit = new Promise((resolve) => {
    worker.onerror = (event) => {
      lines.push(`worker failed: ${event.message}`);
      resolve(2);
    };
    worker.onmessage = async ({ data }) => {
      if (data.line !== undefined) lines.push(data.line);
      if (data.reported !== undefined) globalThis.reported = data.reported;
      if (data.quota !== undefined) {
        await globalThis.overrideQuota(data.quota);
        worker.postMessage({ quotaSet: true });
      }
      if (data.exit !== undefined) resolve(data.exit);
    };
  });
  const finished = exit.then((code) => ({ code, lines }));
  worker.postMessage(test);
  return finished;
};
