// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { takeLink } from "../../../src/pages/web/i/fragment";
import { letInviteGo } from "../../../src/platform/kept";

const secret = "peti1qqqsyqcyq5rqwzqfpg9scrgwpud7zmkn";
const link = () => `${location.origin}/i/#${secret}`;

afterEach(() => letInviteGo());

function come(address: string) {
  history.replaceState(null, "", address);
  const came = takeLink();
  expect(location.href).toBe(`${location.origin}/i/`);
  return came;
}

test("a link is taken out of the address, and survives a reload", () => {
  expect(come(`/i/#${secret}`)).toEqual({ link: link(), broken: false, seen: false });
  expect(come("/i/")).toEqual({ link: link(), broken: false, seen: false });
  expect(come(`/i/?fbclid=x#${secret.toUpperCase()}`)).toMatchObject({ link: link(), seen: false });
  expect(come(`/i/#${secret}.&utm_source=x`)).toMatchObject({ link: link(), seen: false });
});

test.each([
  `/i/%23${secret}`,
  `/i/%2523${secret}?fbclid=x`,
  `/i%23${secret}`,
  `/i/?${secret}`,
  `/?secret=${secret}`,
  `/i/${secret}`,
  `/${secret}`,
  `/x/${secret}.`,
])("a secret that was sent is cleared, told and used: %s", (address) => {
  expect(come(address)).toEqual({ link: link(), broken: false, seen: true });
});

test.each(["/i/#nonsense", `/i/#${secret.slice(0, -1)}`, "/i/%23nonsense", "/i/?peti1broken"])(
  "what is not whole is said to be: %s",
  (address) => {
    expect(come(address)).toMatchObject({ link: undefined, broken: true });
  },
);

test("nothing is nothing", () => {
  expect(come("/i/")).toEqual({ link: undefined, broken: false, seen: false });
});
