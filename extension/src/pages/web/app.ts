import { mountApp } from "../../ui/shell/mount";
import { rootElement } from "../root";

void mountApp(rootElement(), false);
