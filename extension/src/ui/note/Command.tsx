import { Fragment } from "preact";

/** What to type in a terminal; its lines end between words where there is room. */
export function Command({ text, testid }: { text: string; testid: string }) {
  return (
    <p class="command" data-testid={testid} dir="ltr">
      {text.split(" ").map((word, i) => (
        <Fragment key={i}>
          {i > 0 && " "}
          <span>{word}</span>
        </Fragment>
      ))}
    </p>
  );
}
