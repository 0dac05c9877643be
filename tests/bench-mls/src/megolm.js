// Matrix's crypto SDK: Megolm between two machines in memory. Its cost does
// not depend on the size of the room, and it has no group key agreement.
import * as matrix from "@matrix-org/matrix-sdk-crypto-wasm";
import { timed } from "./tsmls.js";

const text = "x".repeat(1024);
const settings = () => new matrix.DecryptionSettings(matrix.TrustRequirement.Untrusted);
const noDevices = () => new matrix.DeviceLists();

async function machine(user, device) {
  const id = new matrix.UserId(user);
  return { id, machine: await matrix.OlmMachine.initialize(id, new matrix.DeviceId(device)) };
}

// What a homeserver would do with the machines' requests.
class Server {
  devices = {};
  oneTimeKeys = {};

  async flush(from) {
    for (const request of await from.machine.outgoingRequests()) {
      await this.answer(from, request);
    }
  }

  async answer(from, request) {
    const body = JSON.parse(request.body ?? "{}");
    const user = from.id.toString();
    let response = {};
    if (request.type === matrix.RequestType.KeysUpload) {
      if (body.device_keys) this.devices[user] = body.device_keys;
      this.oneTimeKeys[user] = { ...this.oneTimeKeys[user], ...body.one_time_keys };
      response = { one_time_key_counts: { signed_curve25519: Object.keys(this.oneTimeKeys[user]).length } };
    } else if (request.type === matrix.RequestType.KeysQuery) {
      response = { device_keys: {}, failures: {} };
      for (const asked of Object.keys(body.device_keys)) {
        const keys = this.devices[asked];
        if (keys) response.device_keys[asked] = { [keys.device_id]: keys };
      }
    } else if (request.type === matrix.RequestType.KeysClaim) {
      response = { one_time_keys: {}, failures: {} };
      for (const [asked, devices] of Object.entries(body.one_time_keys)) {
        const [name, key] = Object.entries(this.oneTimeKeys[asked])[0];
        delete this.oneTimeKeys[asked][name];
        response.one_time_keys[asked] = { [Object.keys(devices)[0]]: { [name]: key } };
      }
    }
    await from.machine.markRequestAsSent(request.id, request.type, JSON.stringify(response));
  }
}

export const megolm = {
  name: "Megolm",
  async group() {
    await matrix.initAsync("/megolm.wasm");
    const server = new Server();
    const alice = await machine("@alice:example.com", "ALICE");
    const bob = await machine("@bob:example.com", "BOB");
    await server.flush(alice);
    await server.flush(bob);
    const everyone = () => [new matrix.UserId("@alice:example.com"), new matrix.UserId("@bob:example.com")];
    for (const m of [alice, bob]) {
      await m.machine.updateTrackedUsers(everyone());
      await server.flush(m);
    }
    const claim = await alice.machine.getMissingSessions(everyone());
    await server.answer(alice, claim);

    const room = () => new matrix.RoomId("!bench:example.com");
    const encryption = new matrix.EncryptionSettings();
    encryption.sharingStrategy = matrix.CollectStrategy.allDevices();
    encryption.rotationPeriodMessages = 1_000_000n;
    const events = [];
    for (const request of await alice.machine.shareRoomKey(room(), everyone(), encryption)) {
      const { messages } = JSON.parse(request.body);
      for (const content of Object.values(messages["@bob:example.com"] ?? {})) {
        events.push({ sender: "@alice:example.com", type: request.event_type, content });
      }
      await server.answer(alice, request);
    }
    await bob.machine.receiveSyncChanges(JSON.stringify(events), noDevices(), new Map(), undefined, settings());

    let event;
    let sent = 0;
    return {
      run: timed({
        encrypt: async () => {
          const content = JSON.stringify({ msgtype: "m.text", body: text });
          const encrypted = await alice.machine.encryptRoomEvent(room(), "m.room.message", content);
          event = JSON.stringify({
            type: "m.room.encrypted",
            room_id: "!bench:example.com",
            event_id: `$${++sent}:example.com`,
            sender: "@alice:example.com",
            origin_server_ts: Date.now(),
            content: JSON.parse(encrypted),
          });
        },
        decrypt: async () => {
          const decrypted = await bob.machine.decryptRoomEvent(event, room(), settings());
          if (JSON.parse(decrypted.event).content.body !== text) throw new Error("another text");
        },
      }),
    };
  },
  operations: ["encrypt", "decrypt"],
};
