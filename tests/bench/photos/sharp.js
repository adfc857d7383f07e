// sharp (libvips) doing what core/photos does with a photo, on one thread: turn it upright by its EXIF, at most
// 2,048 px, JPEG of quality 82 without metadata, and a thumbnail of at most 256 px. It does not encrypt, hash or refuse
// what is cut. Prints a line of JSON like core/photos/examples/bench-photos.rs, which makes the picture:
//
//   cargo run --release --package photos --example bench-photos -- FILE.jpg
//   cd tests/bench/photos && npm ci && node sharp.js FILE.jpg [ROUNDS]
"use strict";

const fs = require("node:fs");
const sharp = require("sharp");

sharp.concurrency(1);
sharp.cache(false);

function peakKb() {
  return Number(/^VmHWM:\s*(\d+)/m.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]);
}

async function takeIn(bytes) {
  const inside = (side) => ({ width: side, height: side, fit: "inside", withoutEnlargement: true });
  const photo = await sharp(bytes, { failOn: "warning" })
    .rotate()
    .resize(inside(2048))
    .jpeg({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  const thumbnail = await sharp(photo.data).resize(inside(256)).jpeg({ quality: 75 }).toBuffer();
  return { photo, thumbnail };
}

async function main() {
  const [file, rounds = "30"] = process.argv.slice(2);
  const bytes = fs.readFileSync(file);
  const before = peakKb();
  const times = [];
  let taken;
  for (let round = 0; round < Math.max(1, Number(rounds)); round++) {
    const start = process.hrtime.bigint();
    taken = await takeIn(bytes);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  const peak = (peakKb() - before) / 1024;
  times.sort((a, b) => a - b);
  const round1 = (number) => Math.round(number * 10) / 10;
  console.log(
    JSON.stringify({
      name: "sharp",
      median_ms: round1(times[times.length >> 1]),
      peak_mb: round1(peak),
      rounds: times.length,
      input_bytes: bytes.length,
      width: taken.photo.info.width,
      height: taken.photo.info.height,
      photo_bytes: taken.photo.data.length,
      thumbnail_bytes: taken.thumbnail.length,
      version: sharp.versions.sharp,
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
