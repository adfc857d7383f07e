// PouchDB doing what core/sync does, as a figure to compare with: LevelDB on disk on both sides, plain HTTP.
//
//   node pouch.js fill DATABASE < documents    a document a line
//   node pouch.js serve FOLDER                 prints "ready URL", serves the databases of the folder until it is killed
//   node pouch.js sync DATABASE URL push|pull  prints {"seconds", "documents", "peak_bytes"}
'use strict';

const fs = require('fs');
const PouchDB = require('pouchdb');

async function fill(path) {
  const documents = fs.readFileSync(0, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const database = new PouchDB(path);
  for (let from = 0; from < documents.length; from += 1000) {
    const results = await database.bulkDocs(documents.slice(from, from + 1000));
    const refused = results.find((result) => result.error);
    if (refused) throw new Error(`refused: ${refused.name}`);
  }
  await database.close();
}

function serve(folder) {
  const app = require('express')();
  const databases = PouchDB.defaults({ prefix: `${folder}/` });
  app.use('/', require('express-pouchdb')(databases, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
  // On a slow line a request takes longer than Node's five minutes.
  const server = require('http').createServer({ requestTimeout: 0 }, app);
  server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
}

async function sync(path, url, direction) {
  const database = new PouchDB(path);
  const started = process.hrtime.bigint();
  const result = direction === 'push' ? await database.replicate.to(url) : await database.replicate.from(url);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const peak = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1];
  console.log(JSON.stringify({ seconds, documents: result.docs_written, peak_bytes: peak * 1024 }));
  await database.close();
}

const [command, ...rest] = process.argv.slice(2);
Promise.resolve({ fill, serve, sync }[command](...rest)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
