// Writes a .br and a .gz beside every compressible file of the build, so the server only picks one.
// Prints what the first load costs, and fails when its script outgrows the budget.
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const firstLoadLimitBytes = 200 * 1024;
const compressible = /\.(js|css|html|svg|json|webmanifest|txt|map)$/;
const root = process.argv[2] ?? "dist";

async function* walk(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

const sizes = new Map();
for await (const path of walk(root)) {
  if (!compressible.test(path)) continue;
  const plain = await readFile(path);
  const packed = await promisify(gzip)(plain, { level: 9 });
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } };
  const brotli = await promisify(brotliCompress)(plain, options);
  await writeFile(`${path}.gz`, packed);
  await writeFile(`${path}.br`, brotli);
  sizes.set(path, packed.length);
}

const page = await readFile(join(root, "index.html"), "utf8");
const first = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => join(root, match[1]));
const total = first.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0);
console.log(`first load: ${first.length} scripts, ${(total / 1024).toFixed(1)} KiB gzip`);
if (first.length === 0 || total > firstLoadLimitBytes) {
  console.error(`first load must be at most ${firstLoadLimitBytes / 1024} KiB gzip`);
  process.exit(1);
}
await stat(join(root, "index.html.br"));
