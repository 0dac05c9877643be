// Chromium's offscreen document: the agent's home.
import { connect } from "../../agent/client";
import { startHost } from "../../agent/host";
import { clearOrigin } from "../erased";
import { observe } from "../observer";
import { send } from "./messages";

startHost(import.meta.env.VITE_VERSION, async () => {
  await clearOrigin();
  await send({ erased: true });
});
observe(connect(), {
  badge: (badge) => void send({ badge }),
  notify: (notify) => void send({ notify }),
  unnotify: (unnotify) => void send({ unnotify }),
  clear: () => void send({ clear: true }),
  relay: (relay) => void send({ relay }),
});
