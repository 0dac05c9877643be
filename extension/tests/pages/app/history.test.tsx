// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, test, vi } from "vitest";
import { useBackButton } from "../../../src/ui/app/history";
import type { State } from "../../../src/ui/lib/state";
import type { View } from "../../../src/ui/lib/view";

test("whoever opens something before the browser has gone back stays there", async () => {
  const back = vi.spyOn(history, "back").mockImplementation(() => undefined);
  const state = {
    view: signal<View>({ kind: "home" }),
    show: (view: View) => (state.view.value = view),
  };
  const Page = () => {
    useBackButton(state as unknown as State);
    return <p>{state.view.value.kind}</p>;
  };
  const root = document.createElement("div");
  await act(() => render(<Page />, root));
  const go = (kind: "home" | "settings") => act(() => void state.show({ kind }));
  const wentBack = () => act(() => void globalThis.dispatchEvent(new Event("popstate")));

  await go("settings");
  await go("home");
  expect(back).toHaveBeenCalledOnce();
  await go("settings");
  await wentBack(); // only now
  expect(root.textContent).toBe("settings");
  await wentBack();
  expect(root.textContent).toBe("home");
  render(null, root);
});
