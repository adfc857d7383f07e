// Takes the steps of core/xforms/examples/bench-xforms with @getodk/xforms-engine:
//
//   node engine.js run FOLDER ROUNDS    prints medians in ms; with more than two rounds the first half warms up
//   node engine.js peak FOLDER          prints the most memory that the process had, in MB
//
// It runs in a browser's place: jsdom's DOM, and the attached lists from the folder. Solid's signals settle before an
// answer returns, so that its time includes what follows from it.
import fs from "node:fs";
import path from "node:path";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("", { contentType: "text/html" });
// The engine's packages expect a browser's globals, and one asks for the folder that it lies in.
globalThis.__dirname = import.meta.dirname;
globalThis.window = window;
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis) && /^[A-Z]/.test(name)) globalThis[name] = window[name];
}
globalThis.document = window.document;
const { loadForm } = await import("@getodk/xforms-engine");

const [command, folder, roundsWanted = "1"] = process.argv.slice(2);
const name = path.basename(folder);
const xml = fs.readFileSync(path.join(folder, "form.xml"), "utf8");
const steps = fs.readFileSync(path.join(folder, "steps.tsv"), "utf8").trimEnd().split("\n").map((l) => l.split("\t"));

async function timed(times, phase, work) {
  const start = process.hrtime.bigint();
  const done = await work();
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  times.set(phase, [...(times.get(phase) ?? []), milliseconds]);
  return done;
}

async function fetchFormAttachment(url) {
  const file = path.join(folder, path.basename(String(url)));
  const text = fs.readFileSync(file, "utf8");
  return { ok: true, status: 200, headers: new Headers({ "content-type": "text/csv" }), text: async () => text };
}

async function load() {
  const form = await loadForm(xml, { fetchFormAttachment });
  if (form.status !== "success" && form.status !== "warning") throw form.error;
  return form.createInstance().root;
}

/** Questions and repeats by their path with places. */
function index(node, known) {
  const reference = node.currentState.reference;
  known.set(reference, node);
  for (const child of node.currentState.children ?? []) index(child, known);
}

function find(root, known, reference) {
  if (!known.has(reference)) index(root, known);
  const node = known.get(reference);
  if (!node) throw new Error(`no node ${reference}`);
  return node;
}

async function play() {
  const times = new Map();
  const root = await timed(times, "load", load);
  const known = new Map();
  let phase;
  for (const [step, reference, value] of steps) {
    if (step === "phase") {
      phase = reference;
    } else if (step === "answer") {
      const node = find(root, known, reference);
      await timed(times, phase, () => {
        if (node.nodeType === "select") node.selectValue(value);
        else node.setValue(node.valueType === "int" ? BigInt(value) : value);
      });
    } else if (step === "add") {
      const repeat = find(root, known, reference);
      await timed(times, phase, () => repeat.addInstances());
      index(repeat, known);
    } else if (step === "choices") {
      const node = find(root, known, reference);
      const count = await timed(times, phase, () =>
        node.currentState.valueOptions.filter((option) => option.label.asString !== "").length);
      if (count !== Number(value)) throw new Error(`${reference} offers ${count}, not ${value}`);
    } else {
      throw new Error(`no step ${step}`);
    }
  }
  await timed(times, "serialise", () => root.prepareInstancePayload());
  return { times, root };
}

function values(node) {
  const { relevant, children, instanceValue } = node.currentState;
  const tag = node.definition.qualifiedName?.localName ?? "";
  if (!relevant || tag === "meta") return "";
  if (children) return children.map(values).join("");
  return instanceValue ? `${tag}=${instanceValue}\n` : "";
}

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

if (command === "peak") {
  await play();
  const peak = Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  console.log(JSON.stringify({ engine: "xforms-engine", case: name, phase: "peak", mb: peak }));
} else {
  const rounds = [];
  let root;
  for (let round = 0; round < Number(roundsWanted); round++) {
    const played = await play();
    rounds.push(played.times);
    root = played.root;
  }
  fs.writeFileSync(path.join(folder, "values-xforms-engine.txt"), values(root));
  const warm = rounds.length > 2 ? rounds.slice(rounds.length / 2) : rounds;
  for (const phase of warm[0].keys()) {
    const each = warm[0].get(phase).map((_, step) => median(warm.map((times) => times.get(phase)[step])));
    const total = each.reduce((sum, time) => sum + time, 0);
    const figures = { total_ms: total, step_ms: median(each), steps: each.length };
    console.log(JSON.stringify({ engine: "xforms-engine", case: name, phase, ...figures }));
  }
}
