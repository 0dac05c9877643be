// Draws the PNG icons from icons/icon.svg and icons/icon-maskable.svg:
//
//   node extension/manifests/icons.mjs
//
// Run it when they change, and commit what it writes. CHROMIUM names another
// Chromium than that on the PATH.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const icons = join(dirname(fileURLToPath(import.meta.url)), "../icons");
const sizes = { icon: [16, 32, 48, 128, 192, 512], "icon-maskable": [512] };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const page = await browser.newPage();
  for (const [name, all] of Object.entries(sizes)) {
    const svg = await readFile(join(icons, `${name}.svg`));
    const source = `data:image/svg+xml;base64,${svg.toString("base64")}`;
    for (const size of all) {
      await page.setViewportSize({ width: size, height: size });
      await page.setContent(
        `<style>body{margin:0}img{display:block}</style><img src="${source}" width="${size}" height="${size}">`,
      );
      await page.locator("img").evaluate((image) => image.decode());
      const png = await page.screenshot({ omitBackground: true });
      await writeFile(join(icons, `${name}-${size}.png`), png);
    }
  }
} finally {
  await browser.close();
}
