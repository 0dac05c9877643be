// Chromium's offscreen document: the agent's home.
import { connect } from "../../agent/client";
import { startHost } from "../../agent/host";
import { clearOrigin } from "../erased";
import { forgetBeingHere, rememberBeingHere, wasHere } from "../memory";
import { observe } from "../observer";
import { send } from "./messages";

startHost({
  version: import.meta.env.VITE_VERSION,
  kept: wasHere,
  erased: async () => {
    forgetBeingHere();
    await clearOrigin();
    await send({ erased: true });
  },
});
const client = connect();
rememberBeingHere(client);
observe(client, {
  badge: (badge) => void send({ badge }),
  notify: (notify) => void send({ notify }),
  unnotify: (unnotify) => void send({ unnotify }),
  clear: () => void send({ clear: true }),
  relay: (relay) => void send({ relay }),
});
