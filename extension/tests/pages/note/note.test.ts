import { describe, expect, it } from "vitest";
import type { Note } from "../../../src/api";
import { receiveCommand, sendCommand } from "../../../src/ui/note/commands";
import { noteEnded } from "../../../src/ui/note/notes";

describe("what people with wormhole type", () => {
  it("names the relay's mailbox server, encrypted where the relay is", () => {
    expect(receiveCommand("https://relay.example", "7-guitarist-revenge")).toBe(
      "wormhole --relay-url wss://relay.example/v1 receive 7-guitarist-revenge",
    );
    expect(sendCommand("http://localhost:8787")).toBe(
      'wormhole --relay-url ws://localhost:8787/v1 send --text "…"',
    );
    expect(sendCommand("https://relay.example/http")).toContain(" wss://relay.example/http/v1 ");
  });
});

describe("noteEnded", () => {
  it("tells notes under way from those that are over", () => {
    const states: Note["state"][] = ["preparing", "waiting", "joining", "received", "left", "file"];
    const over = states.filter((state) => noteEnded({ state } as Note));
    expect(over).toEqual(["received", "left", "file"]);
  });
});
