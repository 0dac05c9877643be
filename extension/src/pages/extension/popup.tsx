// The popup's page: connects to the agent and shows what is new.
import { render } from "preact";
import { platform } from "../../platform";
import { setLanguage } from "../../ui/catalogue";
import { watchActivity } from "../../ui/lock/activity";
import { paceDrawing } from "../../ui/pace";
import { Popup } from "../../ui/popup/Popup";
import { State } from "../../ui/state";
import { rootElement } from "../root";

setLanguage("");
paceDrawing();
const state = new State(await platform.connectAgent());
watchActivity(state);
render(<Popup state={state} />, rootElement());
