// Runs the Go test binary in a Worker, as the agent runs, and posts what it
// prints. The first message brings the name and arguments.
importScripts("/wasm_exec.js");

let pending = "";
const text = new TextDecoder();
globalThis.fs.writeSync = (_fd, bytes) => {
  const lines = (pending + text.decode(bytes, { stream: true })).split("\n");
  pending = lines.pop();
  for (const line of lines) postMessage({ line });
  return bytes.length;
};
globalThis.process.cwd = () => "/";

// TestKillWrites tells how far it is.
globalThis.report = (reported) => postMessage({ reported });

// TestQuota asks for a small quota through the page, which asks the runner.
let quotaSet;
globalThis.overrideQuota = (bytes) =>
  new Promise((resolve) => {
    quotaSet = resolve;
    postMessage({ quota: bytes });
  });

self.onmessage = async ({ data }) => {
  if (data.quotaSet) {
    quotaSet();
    return;
  }
  const go = new Go();
  go.argv = [`${data.tested}.test`, ...data.args];
  Object.assign(go.env, data.env);
  go.exit = (code) => postMessage({ exit: code });
  try {
    const { instance } = await WebAssembly.instantiateStreaming(
      fetch(`/${data.tested}.wasm`),
      go.importObject,
    );
    await go.run(instance);
  } catch (error) {
    postMessage({ line: String(error) });
    postMessage({ exit: 2 });
  }
};
