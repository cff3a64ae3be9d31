// What a person with a browser can do with a report; see check.sh.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const files = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
let failures = 0;
let checked = 0;

function check(file, what, good, detail = "") {
  checked += 1;
  if (good) return;
  failures += 1;
  console.error(`${file}: ${what}${detail ? `: ${detail}` : ""}`);
}

/** A page of the file; whatever it asks of the network, or complains of, is written down. */
async function open(file, { hash = "", size = [1280, 900], scheme = "light", scripts = true } = {}) {
  const context = await browser.newContext({
    viewport: { width: size[0], height: size[1] },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    permissions: scripts ? ["clipboard-read", "clipboard-write"] : [],
  });
  const page = await context.newPage();
  const trouble = [];
  page.on("console", (message) => { if (message.type() !== "log") trouble.push(message.text()); });
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("request", (request) => { if (!request.url().startsWith("file:")) trouble.push(`asked for ${request.url()}`); });
  await page.goto(pathToFileURL(resolve(file)).href + hash);
  return { page, trouble, close: () => context.close() };
}

/** Colours, names, roles, headings, contrast: what axe can tell, in both schemes and on a phone. */
async function accessible(file) {
  for (const [scheme, size] of [["light", [1280, 900]], ["dark", [1280, 900]], ["light", [390, 844]]]) {
    const { page, trouble, close } = await open(file, { scheme, size });
    await page.evaluate(() => document.querySelectorAll("details").forEach((fold, index) => { fold.open = index < 40; }));
    // The page's own policy lets no foreign script in; a debugger may put one there.
    const session = await page.context().newCDPSession(page);
    await session.send("Runtime.evaluate", { expression: axe });
    const { result } = await session.send("Runtime.evaluate", {
      expression: "axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found.violations.map((one) => one.id + ' ' + one.impact + ': ' + one.nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary.replace(/\\s+/g, ' ')).join(' | '))))",
      awaitPromise: true,
      returnByValue: true,
    });
    const violations = JSON.parse(result.value ?? '["axe did not run"]');
    check(file, `axe, ${scheme}, ${size[0]} wide`, violations.length === 0, violations.join("\n  "));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(file, `nothing stands out at the side, ${size[0]} wide`, wide <= 0, `${wide} px`);
    check(file, "no network, no errors", trouble.length === 0, trouble.join("; "));
    await close();
  }
}

async function withoutScripts(file) {
  const { page, close } = await open(file, { scripts: false });
  const text = await page.locator("body").innerText();
  check(file, "readable without scripts", (await page.locator("h1").isVisible()) && text.length > 500);
  check(file, "no button that does nothing", (await page.locator("button:visible").count()) === 0);
  await close();
}

async function keyboard(file) {
  const { page, close } = await open(file);
  await page.keyboard.press("Tab");
  check(file, "the first stop of the keyboard leads past the head", await page.locator(".skip").evaluate((link) => link === document.activeElement));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const inside = await page.evaluate(() => document.querySelector("main").contains(document.activeElement));
  check(file, "and the next one is in the report", inside);
  await close();
}

async function copies(file) {
  const { page, close } = await open(file);
  const button = page.locator(".copy button").first();
  const wanted = await page.locator(".copy code").first().textContent();
  await button.click();
  check(file, "a copy button copies", (await page.evaluate(() => navigator.clipboard.readText())) === wanted);
  check(file, "and says so", (await button.textContent()) === "Copied");
  await close();
}

const shown = (page) => page.locator(".tests tr[id]:visible").count();

async function filters(file) {
  const { page, close } = await open(file);
  const all = await shown(page);
  const box = page.locator("input[name=verdict]").first();
  const verdict = await box.getAttribute("value");
  await box.check({ force: true });
  const few = await shown(page);
  const label = await page.locator(".pick .count").first().textContent();
  check(file, "a filter leaves what it names", few === Number(label.replaceAll(",", "")), `${few} of ${all}, ${label} wanted`);
  check(file, "the filter is in the address", decodeURIComponent(page.url()).endsWith(`#tests:verdict=${verdict}`), page.url());
  const url = page.url();
  await page.locator("button[type=reset]").click();
  await page.waitForFunction((count) => [...document.querySelectorAll(".tests tr[id]")].filter((row) => row.offsetParent).length === count, all);
  check(file, "clearing shows all again", page.url().endsWith("#tests"));
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.type("no such test anywhere");
  // The address follows each letter that is typed.
  await page.waitForFunction(() => location.hash.includes("anywhere"));
  check(file, "what nobody is called is not found", (await shown(page)) === 0);
  await close();
  const again = await open(file, { hash: new URL(url).hash });
  check(file, "an address with a filter shows the same", (await shown(again.page)) === few);
  await again.close();
}

async function deepLinks(file) {
  const first = await open(file);
  const id = await first.page.evaluate(() => document.querySelector(".tests .more")?.previousElementSibling.id);
  await first.close();
  if (!id) return;
  const { page, close } = await open(file, { hash: `#${id}` });
  const row = page.locator(`[id="${id}"]`);
  check(file, "a link to a test shows it", await row.isVisible());
  const inView = await row.evaluate((element) => { const box = element.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; });
  check(file, "in view", inView);
  check(file, "and opens it", await row.evaluate((element) => element.nextElementSibling.querySelector("details").open));
  const dead = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.hash.slice(1)).filter((hash) => hash && !hash.startsWith("tests:") && !document.getElementById(decodeURIComponent(hash))));
  check(file, "every link leads somewhere", dead.length === 0, dead.slice(0, 5).join(" "));
  await close();
}

for (const file of files) {
  await accessible(file);
  await withoutScripts(file);
  await keyboard(file);
  const { page, close } = await open(file);
  const kinds = await page.evaluate(() => ({ filters: Boolean(document.getElementById("filters")), copies: Boolean(document.querySelector(".copy")) }));
  await close();
  if (kinds.copies) await copies(file);
  if (kinds.filters) {
    await filters(file);
    await deepLinks(file);
  }
}
await browser.close();
console.log(`${checked} checks in ${files.length} pages, ${failures} failed`);
process.exit(failures ? 1 : 0);
