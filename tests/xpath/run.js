// Runs the tests that openrosa-xpath-evaluator ships, with our engine in the place of its evaluator. Every test
// that fails is a failure, or is listed in differences.tsv with the section that says we are right.
//
//   node run.js PROGRAM [--failures]      PROGRAM: the driver, built from core/xforms/examples/xpath.rs

import Module, { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { JSDOM } from 'jsdom';
import { Engine } from './engine.js';
import { evaluatorOf } from './evaluator.js';

process.env.TZ = 'America/Phoenix';
const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('openrosa-xpath-evaluator')), '../test/integration');
const engine = new Engine(process.argv[2]);

const { window } = new JSDOM();
Object.assign(globalThis, {
    window,
    document: window.document,
    DOMParser: window.DOMParser,
    XMLSerializer: window.XMLSerializer,
    Node: window.Node,
    Attr: window.Attr,
    Document: window.Document,
    Element: window.Element,
    XPathResult: window.XPathResult,
});

// The package's tests ask for its evaluator: they get ours.
const load = Module._load;
const ours = evaluatorOf(engine, window);
Module._load = (request, ...rest) => (request.endsWith('src/openrosa-xpath') ? ours : load(request, ...rest));

// What the tests use of Mocha.
const tests = [];
let suite = { title: [], before: [], after: [], outer: null };
globalThis.describe = (title, define) => {
    suite = { title: [...suite.title, title], before: [], after: [], outer: suite };
    define.call({ timeout() {} });
    suite = suite.outer;
};
globalThis.it = (title, run) => tests.push({ file, suite, name: [...suite.title, title].join(' › '), run });
// What its own authors left out says nothing of ours.
globalThis.it.skip = globalThis.describe.skip = globalThis.xit = globalThis.xdescribe = () => {};
globalThis.beforeEach = globalThis.before = (run) => suite.before.push(run);
globalThis.afterEach = globalThis.after = (run) => suite.after.push(run);
const hooks = (of, kind) => (of ? [...hooks(of.outer, kind), ...of[kind]] : []);

let file = 'helpers';
for (const entry of readdirSync(folder, { recursive: true }).sort()) {
    if (entry.endsWith('.spec.js')) {
        file = relative('.', entry);
        require(join(folder, entry));
    }
}

const listed = new Map(
    readFileSync(new URL('differences.tsv', import.meta.url), 'utf8')
        .split('\n')
        .filter((line) => line && !line.startsWith('#'))
        .map((line) => line.split('\t'))
        .map(([spec, name, reason]) => [`${spec}\t${name}`, reason]),
);
const seen = new Set();
let passed = 0;
const failures = [];
for (const test of tests) {
    const key = [`${test.file}\t${test.name}`, `${test.file}\t*`].find((k) => listed.has(k));
    try {
        for (const hook of hooks(test.suite, 'before')) hook();
        await test.run.call({ timeout() {} });
        for (const hook of hooks(test.suite, 'after')) hook();
        passed += 1;
    } catch (error) {
        if (key) seen.add(key);
        else failures.push(`${test.file}\t${test.name}\t${String(error.message).split('\n')[0]}`);
    }
}
const stale = [...listed.keys()].filter((key) => !seen.has(key));
engine.close();

for (const line of failures) console.log(`differs\t${line}`);
for (const line of stale) console.log(`listed, but agrees\t${line}`);
console.log(
    `${passed} of ${tests.length} tests of openrosa-xpath-evaluator agree (${engine.asked} evaluations), ` +
        `${tests.length - passed - failures.length} differ as listed, ${failures.length} differ`,
);
process.exitCode = failures.length || stale.length || tests.length === 0 ? 1 : 0;
