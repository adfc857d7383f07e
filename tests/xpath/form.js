// An XML document as the primary instance of a form, and its nodes by the paths that the engine uses.

const ELEMENT = 1;
const ATTRIBUTE = 2;
const TEXT = [3, 4];
const DOCUMENT = 9;

const elements = (node) => Array.from(node.childNodes).filter((child) => child.nodeType === ELEMENT);
const same = (element) => elements(element.parentNode).filter((other) => other.nodeName === element.nodeName);

/** Elements that stand more than once beside each other are repeats; nested ones nest in the body too. */
function repeats(element, path) {
    const byName = new Map();
    for (const child of elements(element)) {
        byName.set(child.nodeName, [...(byName.get(child.nodeName) ?? []), child]);
    }
    return Array.from(byName, ([name, children]) => {
        const inner = merge(children.map((child) => repeats(child, `${path}/${name}`)));
        return children.length > 1 ? [{ nodeset: `${path}/${name}`, inner }] : inner;
    }).flat();
}

/** The repeats of several instances of one element: what repeats in one of them repeats in all. */
function merge(lists) {
    const found = new Map();
    for (const { nodeset, inner } of lists.flat()) {
        found.set(nodeset, merge([found.get(nodeset) ?? [], inner]));
    }
    const outer = Array.from(found.keys());
    const around = (path) => outer.find((other) => other !== path && path.startsWith(`${other}/`));
    const top = outer.filter((path) => !around(path));
    return top.map((nodeset) => {
        const within = outer.filter((path) => around(path) && path.startsWith(`${nodeset}/`));
        const more = within.map((path) => ({ nodeset: path, inner: found.get(path) }));
        return { nodeset, inner: more.length ? merge([found.get(nodeset), more]) : found.get(nodeset) };
    });
}

const body = (list) => list.map(({ nodeset, inner }) => `<repeat nodeset="${nodeset}">${body(inner)}</repeat>`).join('');

export function formOf(document, serializer) {
    const root = document.documentElement;
    const instance = serializer.serializeToString(root);
    return `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
        xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>XPath</h:title><model><instance>${instance}</instance>
        </model></h:head><h:body>${body(repeats(root, `/${root.nodeName}`))}</h:body></h:html>`;
}

/** `/data/member[2]/name[1]`, `…/@id`, `…/text()`; `/` is the document. */
export function pathOf(node) {
    if (node.nodeType === DOCUMENT) return '/';
    if (node.nodeType === ATTRIBUTE) return `${pathOf(node.ownerElement)}/@${node.nodeName}`;
    if (TEXT.includes(node.nodeType)) return `${pathOf(node.parentNode)}/text()`;
    if (node.parentNode.nodeType === DOCUMENT) return `/${node.nodeName}`;
    return `${pathOf(node.parentNode)}/${node.nodeName}[${same(node).indexOf(node) + 1}]`;
}

export function nodeAt(document, path) {
    return path
        .split('/')
        .filter((step) => step !== '')
        .reduce((node, step) => {
            if (step === 'text()') return Array.from(node.childNodes).find((n) => TEXT.includes(n.nodeType));
            if (step.startsWith('@')) return node.getAttributeNode(step.slice(1));
            const [, name, place] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step);
            return elements(node).filter((child) => child.nodeName === name)[Number(place ?? 1) - 1];
        }, document);
}
