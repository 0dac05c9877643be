// The popup's page: connects to the agent and shows what is new.
import "../styles";
import { render } from "preact";
import { Popup } from "../../ui/app/Popup";
import { start } from "../../ui/app/start";
import { Slices } from "../../ui/lib/slice";
import { rootElement } from "../root";

const state = await start();
render(
  <Slices.Provider value={state.slices}>
    <Popup state={state} />
  </Slices.Provider>,
  rootElement(),
);
