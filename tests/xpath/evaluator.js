// Takes the place of the package's evaluator: the same calls, answered by our engine.

import { formOf, nodeAt, pathOf } from './form.js';

const NUMBER = 1;
const STRING = 2;
const BOOLEAN = 3;
const SNAPSHOT = 7;

/** As a browser's XPathResult; conversions are asked of the engine, as `number(…)` and so on. */
class Result {
    constructor(ask, document, type) {
        const wrapped = { [NUMBER]: 'number', [STRING]: 'string', [BOOLEAN]: 'boolean' }[type];
        this.convert = (name) => ask(name);
        const answer = ask(wrapped);
        this.nodes = answer.nodes?.map(([path]) => nodeAt(document, path));
        this.answer = answer;
        this.resultType = type || ('number' in answer ? NUMBER : 'text' in answer ? STRING : 'boolean' in answer ? BOOLEAN : 4);
        this.next = 0;
    }

    get numberValue() {
        return Number(('number' in this.answer ? this.answer : this.convert('number')).number.replace('inf', 'Infinity'));
    }

    get stringValue() {
        return ('text' in this.answer ? this.answer : this.convert('string')).text;
    }

    get booleanValue() {
        return ('boolean' in this.answer ? this.answer : this.convert('boolean')).boolean;
    }

    get singleNodeValue() {
        return this.nodes[0] ?? null;
    }

    get snapshotLength() {
        return this.nodes.length;
    }

    snapshotItem(place) {
        return this.nodes[place] ?? null;
    }

    iterateNext() {
        return this.nodes[this.next++] ?? null;
    }
}

export function evaluatorOf(engine, window) {
    return function OpenRosaXPath() {
        const evaluate = (expression, node, _resolver, type) => {
            const document = node.nodeType === 9 ? node : node.ownerDocument;
            const form = formOf(document, new window.XMLSerializer());
            const context = pathOf(node);
            const offset = -new Date().getTimezoneOffset();
            const ask = (conversion) => {
                const wrapped = conversion ? `${conversion}(${expression})` : expression;
                const answer = engine.ask({ form, expression: wrapped, context, offset });
                if (answer.error) throw new Error(answer.error);
                return answer;
            };
            return new Result(ask, document, type === SNAPSHOT ? 0 : (type ?? 0));
        };
        return { evaluate, customXPathFunction: { add() {}, remove() {}, all: () => [] } };
    };
}
