// What all pages look like. A page imports it first: features lay their own
// rules over these, and of two that weigh the same the later one counts.
import "../ui/lib/tokens.css";
import "../ui/lib/base.css";
