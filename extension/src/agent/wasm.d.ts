// Go's lib/wasm/wasm_exec.js defines this class globally.
declare class Go {
  argv: string[];
  importObject: WebAssembly.Imports;
  exit: (code: number) => void;
  /** Resolves when the program has ended. */
  run(instance: WebAssembly.Instance): Promise<void>;
}
