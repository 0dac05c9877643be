// The servers that wasm/relayclient/netjs is tested against: what a relay
// answers, well-behaved and hostile.
import { WebSocketServer } from "ws";

/** Answers HTTP paths under /net/; false if the path is none of these. */
export function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const route = routes[pathname];
  if (route) route(request, response);
  return route !== undefined;
}

const routes = {
  // What came: method, the headers that matter, the body.
  "/net/echo": (request, response) => {
    const body = [];
    request.on("data", (chunk) => body.push(chunk));
    request.on("end", () => {
      const { cookie, referer, "content-type": type } = request.headers;
      response.setHeader("Set-Cookie", "a=b");
      response.writeHead(request.method === "PUT" ? 201 : 200);
      response.end(
        JSON.stringify({
          method: request.method,
          cookie,
          referer,
          type,
          body: Buffer.concat(body).toString("hex"),
        }),
      );
    });
  },
  "/net/empty": (_request, response) => response.writeHead(412).end(),
  "/net/moved": (_request, response) => response.writeHead(307, { Location: "/net/echo" }).end(),
  "/net/exact": (_request, response) => response.end(Buffer.alloc(100_000, 1)),
  // A body without an end, and without its length.
  "/net/endless": (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on("drain", more);
    more();
  },
  // Headers and a byte, then nothing.
  "/net/stalls": (_request, response) => response.write("x"),
  "/net/silent": () => undefined,
  "/net/cut": (_request, response) => {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("x", () => response.destroy());
  },
};

/** Serves WebSockets under /socket/ of an HTTP server. */
export function serveSockets(server) {
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const behave = behaviours[new URL(request.url, "http://localhost").pathname];
    if (behave === "silent") return;
    if (!behave) {
      socket.end("HTTP/1.1 429 Too Many Requests\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => behave(ws));
  });
}

const behaviours = {
  "/socket/echo": (ws) => ws.on("message", (data, binary) => ws.send(data, { binary })),
  // Last words, and gone.
  "/socket/last": (ws) => {
    for (let i = 0; i < 20; i++) ws.send(`${i}`);
    ws.close(4000, "bye");
  },
  "/socket/cut": (ws) => ws.on("message", () => ws.terminate()),
  "/socket/large": (ws) => {
    ws.send(Buffer.alloc(1_000));
    ws.send(Buffer.alloc(1_001));
  },
  "/socket/large-text": (ws) => ws.send("ä".repeat(501)),
  "/socket/quiet": () => undefined,
  // Twice what a socket holds, and no more: all of it goes through the browser,
  // which on a slow machine keeps the next connections waiting.
  "/socket/flood": (ws) => {
    for (let i = 0; i < 32; i++) ws.send(Buffer.alloc(1_000_000));
  },
  "/socket/silent": "silent",
  // Tells how the other side closed.
  "/socket/closing": (ws) => {
    ws.on("close", (code) => closings.push(code));
  },
};

const closings = [];
routes["/net/closings"] = (_request, response) => response.end(JSON.stringify(closings));
