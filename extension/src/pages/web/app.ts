import "../styles";
import { mountApp } from "../../ui/app/mount";
import { rootElement } from "../root";

void mountApp(rootElement(), false);
