// Wire's core-crypto, browser build, with its in-memory keystore, suite 1. It
// has no operation without a transaction, and none that leaves the group as it
// was: what add did is undone afterwards, outside the measurement.
import {
  CipherSuite,
  ClientId,
  ConversationId,
  CoreCrypto,
  Credential,
  Database,
  DeviceId,
  initWasmModule,
  Uuid,
} from "@wireapp/core-crypto/browser";

const text = new Uint8Array(1024);
let loaded;

async function client() {
  const core = CoreCrypto.new(await Database.inMemory());
  const device = BigInt(crypto.getRandomValues(new Uint32Array(1))[0]);
  const id = new ClientId(new Uuid(crypto.randomUUID()), new DeviceId(device), "example.com");
  const c = { core, id, sent: undefined };
  const transport = {
    sendCommitBundle: async (bundle) => {
      c.sent = bundle;
    },
    prepareForTransport: async () => new Uint8Array(),
  };
  c.credential = await core.transaction(async (context) => {
    await context.mlsInit(id, transport);
    const suite = CipherSuite.Mls128Dhkemx25519Aes128gcmSha256Ed25519;
    return context.addCredential(Credential.basic(suite, id));
  });
  c.keyPackage = () => core.transaction((context) => context.generateKeyPackage(c.credential));
  return c;
}

export const corecrypto = {
  name: "core-crypto",
  async group(members) {
    globalThis.window ??= globalThis; // it looks for a page and needs none
    loaded ??= initWasmModule("/core-crypto.wasm");
    await loaded;
    const id = new ConversationId(new TextEncoder().encode("bench"));
    const [a, b, joiner] = [await client(), await client(), await client()];
    const packages = [await b.keyPackage()];
    for (let i = 2; i < members; i++) packages.push(await (await client()).keyPackage());
    await a.core.transaction(async (context) => {
      await context.createConversation(id, a.credential);
      await context.addClientsToConversation(id, packages);
    });
    const welcome = (c, message) => c.core.transaction((context) => context.processWelcomeMessage(message));
    await welcome(b, a.sent.welcome);
    let sent;
    const bReads = (message) => b.core.transaction((context) => context.decryptMessage(id, message));
    const operations = {
      encrypt: async () => {
        sent = await a.core.transaction((context) => context.encryptMessage(id, text));
      },
      decrypt: () => bReads(sent),
      commit: () => a.core.transaction((context) => context.updateKeyingMaterial(id)),
      process: () => bReads(a.sent.commit),
      add: (keyPackage) =>
        a.core.transaction((context) => context.addClientsToConversation(id, [keyPackage])),
      join: () => welcome(joiner, a.sent.welcome),
    };
    return {
      async run(operation) {
        let argument;
        if (operation === "add") argument = await joiner.keyPackage();
        const start = performance.now();
        await operations[operation](argument);
        const took = performance.now() - start;
        if (operation === "add") {
          await bReads(a.sent.commit);
        } else if (operation === "join") {
          await a.core.transaction((context) => context.removeClientsFromConversation(id, [joiner.id]));
          await bReads(a.sent.commit);
          await joiner.core.transaction((context) => context.wipeConversation(id));
        }
        return took;
      },
    };
  },
};
