import { takeLink } from "./fragment";

/** What the person came with. */
export const came = takeLink();
