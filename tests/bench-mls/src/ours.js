// shared/mls, compiled from Go (tests/bench-mls/mlsjs).

const promised = (call) =>
  new Promise((resolve, reject) => {
    call((error, result) => (error === null ? resolve(result) : reject(new Error(error))));
  });

let loaded;

function load() {
  loaded ??= (async () => {
    await import("/wasm_exec.js");
    const go = new globalThis.Go();
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/mls.wasm"), go.importObject);
    await new Promise((resolve, reject) => {
      globalThis.petmailMLSReady = resolve;
      go.run(instance).then(() => reject(new Error("the Go program ended")));
    });
  })();
  return loaded;
}

export const ours = (name, suite, webcrypto) => ({
  name,
  async group(members) {
    await load();
    const group = await promised((done) => globalThis.petmailMLS(suite, webcrypto, members, done));
    return {
      state: group.state,
      run: (operation) => promised((done) => group.run(operation, done)),
    };
  },
});
