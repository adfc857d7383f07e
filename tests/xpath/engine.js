// The driver (core/xforms/examples/xpath.rs) as a process that is asked synchronously, over two named pipes.

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Engine {
    constructor(program) {
        this.folder = mkdtempSync(join(tmpdir(), 'xpath-'));
        const [questions, answers] = ['questions', 'answers'].map((name) => join(this.folder, name));
        execFileSync('mkfifo', [questions, answers]);
        // Opened for both, or opening would wait for the other end.
        this.questions = openSync(questions, 'r+');
        this.answers = openSync(answers, 'r+');
        this.process = spawn(program, { stdio: [this.questions, this.answers, 'inherit'] });
        this.rest = '';
        this.asked = 0;
    }

    ask(question) {
        this.asked += 1;
        const bytes = Buffer.from(`${JSON.stringify(question)}\n`);
        for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.questions, bytes, sent);
        const chunk = Buffer.alloc(65536);
        const parts = [];
        for (;;) {
            const part = chunk.subarray(0, readSync(this.answers, chunk));
            parts.push(Buffer.from(part));
            if (part.at(-1) === 10) return JSON.parse(Buffer.concat(parts).toString());
        }
    }

    close() {
        this.process.kill();
        closeSync(this.questions);
        closeSync(this.answers);
        rmSync(this.folder, { recursive: true });
    }
}
