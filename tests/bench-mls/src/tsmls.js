// ts-mls, as its README uses it: suite 1 with its own, WebCrypto, provider.
import * as mls from "ts-mls";

const text = new Uint8Array(1024);
const encoder = new TextEncoder();

export const tsmls = {
  name: "ts-mls",
  async group(members) {
    const suite = await mls.getCiphersuiteImpl(
      mls.getCiphersuiteFromName("MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"),
    );
    const client = (i) =>
      mls.generateKeyPackage(
        { credentialType: "basic", identity: encoder.encode(`member ${i}`) },
        mls.defaultCapabilities(),
        mls.defaultLifetime,
        [],
        suite,
      );
    const adding = (c) => ({ proposalType: "add", add: { keyPackage: c.publicPackage } });
    const commit = (state, extraProposals) =>
      mls.createCommit(
        { state, cipherSuite: suite, pskIndex: mls.emptyPskIndex },
        { extraProposals, ratchetTreeExtension: true },
      );
    // A fresh copy each time, as messages come off the network.
    const message = (content) => {
      const bytes = mls.encodeMlsMessage({ version: "mls10", ...content });
      return () => mls.decodeMlsMessage(bytes, 0)[0];
    };
    const join = (welcome, c) =>
      mls.joinGroup(welcome, c.publicPackage, c.privatePackage, mls.emptyPskIndex, suite);

    const first = await client(0);
    let a = await mls.createGroup(encoder.encode("bench"), first.publicPackage, first.privatePackage, [], suite);
    const others = [];
    for (let i = 1; i < members; i++) others.push(await client(i));
    const made = await commit(a, others.map(adding));
    a = made.newState;
    let b = await join(made.welcome, others[0]);
    const joiner = await client(members);
    let sent;
    let committed;
    let welcome;
    const process = async (message) => {
      const result = await mls.processMessage(message, b, mls.emptyPskIndex, mls.acceptAll, suite);
      b = result.newState;
    };
    return {
      run: timed({
        encrypt: async () => {
          const result = await mls.createApplicationMessage(a, text, suite);
          a = result.newState;
          sent = message({ wireformat: "mls_private_message", privateMessage: result.privateMessage });
        },
        decrypt: () => process(sent()),
        commit: async () => {
          const result = await commit(a, []);
          a = result.newState;
          const bytes = mls.encodeMlsMessage(result.commit);
          committed = () => mls.decodeMlsMessage(bytes, 0)[0];
        },
        process: () => process(committed()),
        add: async () => {
          const result = await commit(a, [adding(joiner)]);
          welcome = message({ wireformat: "mls_welcome", welcome: result.welcome });
        },
        join: () => join(welcome().welcome, joiner),
      }),
    };
  },
};

/** Makes run(operation), in milliseconds, of functions. */
export function timed(operations) {
  return async (operation) => {
    const start = performance.now();
    await operations[operation]();
    return performance.now() - start;
  };
}
