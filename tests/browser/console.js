// The console as people use it, in a real headless Chromium against the hub of the demo.
//
// usage: node console.js FACTS.json WORKBOOKS SCREENSHOTS
// FACTS.json is what `demo --facts` wrote: address and logins. Exit code 1 at the first thing that is not as promised.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [factsFile, workbooks, shots] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(factsFile, "utf8"));
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
// The hub made its own certificate: phones pin its authority, a browser is told to go on.
const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1200, height: 850 } });
const page = await context.newPage();
page.setDefaultTimeout(15_000);

const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => {
  const url = request.url();
  if (!url.startsWith(facts.address) && !url.startsWith("data:")) complaints.push(`a request to elsewhere: ${url}`);
});

let passed = 0;
async function step(what, work) {
  try {
    await work();
  } catch (error) {
    await page.screenshot({ path: join(shots, "failed.png"), fullPage: true });
    console.error(`FAILED  ${what}\n${error.stack}`);
    console.log(`${passed} passed, 1 failed`);
    await browser.close();
    process.exit(1);
  }
  passed += 1;
  console.log(`ok  ${what}`);
}

const shot = (name) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
const go = (path) => page.goto(facts.address + path);
const text = () => page.locator("main").innerText();

/** Enter sends the form; goes on when the page that answers it is there. */
async function send() {
  const answered = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await answered;
}

/** A page takes its first focus when it is first drawn, which may be after it is loaded: keys before that go nowhere. */
const focused = (selector) => page.locator(`${selector}:focus`).waitFor();

async function logIn({ login, password }) {
  await go("/login");
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/login");
}

await step("without a login every page leads to it", async () => {
  for (const path of ["/", "/households", "/cases", "/devices", "/forms", "/users"]) {
    await go(path);
    assert.equal(new URL(page.url()).pathname, "/login", path);
  }
  await shot("login");
});

await step("a wrong password says so and lets nobody in", async () => {
  await page.fill("#login", facts.manager.login);
  await page.fill("#password", "sai-mat-khau");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
  assert.match(await text(), /không đúng/);
  complaints.length = 0; // the browser notes the 401
});

await step("a case manager begins with what is to be done, and an alarm rings until it is taken on", async () => {
  await logIn(facts.manager);
  assert.equal(new URL(page.url()).pathname, "/work");
  // The script hears of it by server-sent events.
  await page.locator("#alarm:not([hidden])").waitFor();
  assert.match(await page.title(), /^\([0-9]+\) /);
  await shot("work");
  await page.getByRole("link", { name: /Quá hạn|Chưa ai nhận/ }).first().click();
  await page.waitForURL(/work\?what=/);
  await page.reload();
  assert.match(page.url(), /what=/);
  await page.goBack();
  await page.waitForURL(/work$/);
  await page.setViewportSize({ width: 360, height: 740 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `the page is ${over} px too wide`);
  await shot("work-phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  await go("/work?what=alarm");
  await page.getByRole("link", { name: /Bảo vệ trẻ em/ }).first().click();
  await page.waitForURL(/cases\//);
  await shot("case-steps");
  await page.getByRole("link", { name: "Tôi nhận xử lý" }).click();
  await page.getByRole("button", { name: "Tôi nhận xử lý" }).click();
  await page.waitForURL(/cases\/[0-9a-f-]{36}$/);
  assert.match(await page.locator(".timeline").innerText(), /Tôi nhận xử lý/);
  await shot("case-taken");
  await page.locator("#alarm").waitFor({ state: "hidden" });
});

await step("a case manager sees the households of their places", async () => {
  await go("/households");
  assert.match(await text(), new RegExp(`${facts.households}\\s+hộ`));
  await shot("households");
});

await step("search needs no tone marks and leaves no name in the address", async () => {
  await page.fill("#q", facts.visited.folded);
  await send();
  assert.ok((await text()).includes(facts.visited.name));
  assert.equal(new URL(page.url()).search, "");
  await shot("search");
});

await step("a household shows its members, visit, goal and photo", async () => {
  await page.getByRole("link", { name: facts.visited.name, exact: true }).first().click();
  await page.waitForURL(/households\/[0-9a-f-]{36}$/);
  const shown = await text();
  for (const wanted of [...facts.visited.members, "Các lần thăm", "Mục tiêu đã thống nhất", facts.visited.goal]) {
    assert.ok(shown.includes(wanted), `not on the page: ${wanted}`);
  }
  const photo = page.locator(".photos img").first();
  await photo.scrollIntoViewIfNeeded();
  await page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await photo.elementHandle());
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(shots, "household-top.png") });
  await shot("household");
});

await step("what was agreed with a household is printed on one page of A4", async () => {
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: /^In: / }).first().click();
  const paper = await opened;
  await paper.waitForLoadState();
  assert.ok((await paper.locator("body").innerText()).includes(facts.visited.goal));
  await paper.screenshot({ path: join(shots, "paper.png"), fullPage: true });
  const pdf = await paper.pdf({ path: join(shots, "paper.pdf"), preferCSSPageSize: true });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length, 1);
  await paper.close();
  await go("/prints");
  await page.getByRole("link", { name: "Bản thống nhất mục tiêu với hộ" }).click();
  await page.waitForURL(/prints\/muc_tieu$/);
  await page.screenshot({ path: join(shots, "paper-blank.png"), fullPage: true });
  await page.goBack();
  await page.goBack();
});

/** Pages of a PDF, and the size of the first in points. */
const pages = (pdf) => pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
const size = (pdf) => pdf.toString("latin1").match(/\/MediaBox\s*\[([^\]]+)\]/)[1].trim().split(/\s+/).slice(2).map(Number);

/** A4, or what the law says a paper measures. */
async function paperOf(sheet, name) {
  const pdf = await sheet.pdf({ path: join(shots, "..", "prints", `${name}.pdf`), preferCSSPageSize: true });
  const wanted = name.startsWith("khuyet_tat_06") ? [98, 66] : [210, 297];
  const [width, height] = size(pdf).map((points) => (points / 72) * 25.4);
  assert.ok(Math.abs(width - wanted[0]) < 1 && Math.abs(height - wanted[1]) < 1, `${name}: ${width} × ${height} mm`);
  assert.ok(pages(pdf) >= 1 && pages(pdf) <= 5, `${name}: ${pages(pdf)} pages`);
  const over = await sheet.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${name} is ${over} px too wide`);
}

await step("every paper is drawn blank, in both languages, on its sheet", async () => {
  mkdirSync(join(shots, "..", "prints"), { recursive: true });
  await go("/prints");
  const papers = await page.locator('main a[href^="/prints/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.ok(papers.length >= 22, `${papers.length} papers`);
  for (const lang of ["vi", "en"]) {
    await go("/prints");
    if (lang === "en") await page.getByRole("link", { name: "English" }).click();
    for (const path of papers) {
      await go(path);
      await paperOf(page, `${path.split("/").pop()}-blank-${lang}`);
    }
  }
  await go("/prints");
  await page.getByRole("link", { name: "Tiếng Việt" }).click();
});

await step("what cases say is printed from the pages that say it", async () => {
  await go("/cases");
  const cases = await page.locator('main a[href^="/cases/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const drawn = new Set();
  for (const path of cases.slice(0, 12)) {
    await go(path);
    const below = await page.locator('main a[href^="/records/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    const within = below.filter((link) => /^\/records\/[a-z_]+\/[0-9a-f-]{36}$/.test(link)).slice(0, 30);
    for (const at of [path, ...within]) {
      await go(at);
      const links = await page.locator('main a[href*="/print/"]').evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      for (const link of links.filter((link) => !drawn.has(link.split("/").pop()))) {
        drawn.add(link.split("/").pop());
        await go(link);
        await paperOf(page, `${link.split("/").pop()}-filled-vi`);
        assert.match(await page.locator("footer").innerText(), /[a-z_]+:[0-9a-f-]{36}/);
      }
    }
  }
  assert.ok(drawn.has("tre_em_01"), [...drawn].join(" "));
  await go("/households");
  await page.getByRole("link", { name: facts.visited.name, exact: true }).first().click();
  await page.waitForURL(/households\/[0-9a-f-]{36}$/);
});

await step("the office corrects a household, and the page says who said what", async () => {
  await page.getByRole("link", { name: "Sửa", exact: true }).first().click();
  await page.waitForURL(/records\/household\/[0-9a-f-]{36}\/edit$/);
  const village = page.locator('[name="f.village"]');
  const before = await village.inputValue();
  await village.fill(`${before} (mới)`);
  await shot("edit");
  await page.getByRole("button", { name: "Lưu", exact: true }).click();
  await page.waitForURL(/households\/[0-9a-f-]{36}$/);
  assert.ok((await text()).includes(`${before} (mới)`));
  await page.getByRole("link", { name: "Sửa", exact: true }).first().click();
  await page.waitForURL(/edit$/);
  await page.setViewportSize({ width: 360, height: 740 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `the form is ${over} px too wide`);
  await shot("edit-phone");
  await page.setViewportSize({ width: 1200, height: 850 });
});

await step("a restricted case is there for its members, with its legal clock", async () => {
  await page.getByRole("link", { name: "Trường hợp", exact: true }).first().click();
  await page.locator('main a[href^="/cases/"]').first().click();
  await page.waitForURL(/cases\/[0-9a-f-]{36}$/);
  const shown = await text();
  assert.match(shown, /Bảo mật/);
  assert.match(shown, /Hạn theo luật/);
  assert.match(shown, /56\/2017/);
  await shot("case");
});

await step("the language changes and stays", async () => {
  await page.getByRole("link", { name: "English" }).click();
  await go("/households");
  assert.match(await text(), /households/);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await shot("households-en");
  await page.getByRole("link", { name: "Tiếng Việt" }).click();
  assert.equal(await page.locator("html").getAttribute("lang"), "vi");
});

await step("on a phone's width nothing runs over the side", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ["/households", "/cases", "/forms"]) {
    await go(path);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(over <= 0, `${path} is ${over} px too wide`);
  }
  await go("/households");
  await shot("phone");
  await page.setViewportSize({ width: 1200, height: 850 });
});

await step("the keyboard alone reaches a household", async () => {
  await go("/households");
  await focused("#q");
  await page.keyboard.type(facts.visited.folded);
  await send();
  await focused("#q");
  let at = "";
  for (let press = 0; press < 40 && !at.startsWith("/households/"); press += 1) {
    await page.keyboard.press("Tab");
    at = await page.evaluate(() => document.activeElement?.getAttribute("href") ?? "");
  }
  assert.match(at, /^\/households\//, "no household within 40 presses of Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/households\/[0-9a-f-]{36}$/);
});

await step("who is no member does not see the restricted case", async () => {
  const caseUrl = await (async () => {
    await go("/cases");
    return page.locator('main a[href^="/cases/"]').first().getAttribute("href");
  })();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await logIn(facts.outsider);
  await go("/held");
  await shot("held");
  await go("/mine");
  await shot("mine");
  await go("/cases");
  assert.doesNotMatch(await text(), /Bảo mật/);
  const answer = await go(caseUrl);
  assert.equal(answer.status(), 404);
  complaints.length = 0; // the browser notes the 404
  await page.getByRole("link", { name: "Vãng Gia" }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
});

await step("an administrator runs the hub and sees no people", async () => {
  await logIn(facts.administrator);
  await go("/devices");
  assert.match(await text(), /Đồng bộ lần cuối/);
  await shot("devices");
  const answer = await go("/households");
  assert.equal(answer.status(), 403);
  complaints.length = 0; // the browser notes the 403
});

await step("another phone for somebody who has one needs their consent", async () => {
  await go("/users");
  await shot("users");
  await page.getByRole("row", { name: /Hoàng Thị Hoa/ }).getByRole("button", { name: "Mời" }).click();
  await page.waitForSelector("[role=status]");
  assert.match(await text(), /cần một người nữa đồng ý/);
  await shot("user-asked");
});

await step("a phone of somebody new is invited by QR code and text", async () => {
  await page.fill("#name", "Lò Thị Mới");
  await page.fill("#login", "moi");
  await page.getByRole("button", { name: "Thêm" }).click();
  await page.waitForSelector("[role=status] code");
  await page.getByRole("row", { name: /Lò Thị Mới/ }).getByRole("button", { name: "Mời" }).click();
  await page.waitForSelector("figure.qr svg");
  assert.match(await page.locator("pre.code").innerText(), /^vanggia:1;https:\/\//);
});

await step("a broken form is refused with all its problems", async () => {
  await go("/forms");
  await page.setInputFiles("#file", join(workbooks, "broken.xlsx"));
  await page.getByRole("button", { name: "Kiểm tra và công bố" }).click();
  await page.waitForSelector("[role=alert]");
  const shown = await text();
  for (const wanted of [/holograph/]) assert.match(shown, wanted);
  await shot("form-refused");
  complaints.splice(0);
});

await step("a good form is published", async () => {
  await page.setInputFiles("#file", join(workbooks, "good.xlsx"));
  await page.getByRole("button", { name: "Kiểm tra và công bố" }).click();
  await page.waitForSelector("[role=status]");
  assert.match(await text(), /2026120199/);
  await shot("forms");
});

await step("a pack with a mistake is refused with its sheet, row and column", async () => {
  await go("/packs");
  await page.setInputFiles("#file", join(workbooks, "pack-broken.xlsx"));
  await page.getByRole("button", { name: "Kiểm tra" }).click();
  await page.waitForSelector("[role=alert]");
  assert.match(await text(), /sonar/);
  await shot("pack-refused");
  complaints.splice(0); // the browser notes the 422
});

await step("a pack is shown before another person agrees to it", async () => {
  await page.setInputFiles("#file", join(workbooks, "pack.xlsx"));
  await page.getByRole("button", { name: "Kiểm tra" }).click();
  await page.waitForURL(/packs\/\d+$/);
  assert.match(await text(), /Giếng nước/);
  await shot("pack-preview");
  await page.setViewportSize({ width: 360, height: 740 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `the preview is ${over} px too wide`);
  await page.setViewportSize({ width: 1200, height: 850 });
});

await step("nothing came from elsewhere and nothing was blocked", async () => {
  assert.deepEqual(complaints, []);
});

await browser.close();
console.log(`${passed} passed, 0 failed`);
