// Makes what browsers get of the pages' sources: node build_pages.mjs SOURCES BUILT
//
// A page's script becomes one file with all that it imports, and one more for each part that it
// loads later. Rollup decides what stands where: nothing of what the page has already is in another
// file. esbuild makes scripts and style sheets small, for the oldest browsers that package.json
// names. Each file keeps the path of the source that it begins with, because scripts name a few
// others by where they lie: workers, a style sheet, the languages of code.

import { copyFile, mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { build, transform } from "esbuild";
import process from "node:process";
import { rollup } from "rollup";

const MODULES = [
  "chat",
  "host",
  "highlighter",
  "inspect",
  "inspect_class",
  "login",
  "projector",
].map((name) => `js/${name}.js`);
const CLASSIC = ["js/theme.js", "js/files/checksum_worker.js"];
const FLOOR = "js/floor.js"; // for browsers of any age
const LEGAL = /\/\*![^]*?\*\//g; // what libraries say of their authors and licence

const [sources, built] = process.argv.slice(2).map((folder) => resolve(folder));
const target = targets(JSON.parse(await readFile("package.json", "utf-8")).browserslist);

/**
 * As esbuild names them: "ios_saf 14.5-14.8" is ios14.5.
 * @param {string[]} browsers
 */
function targets(browsers) {
  return browsers.map((browser) => browser.replace(/(?:_saf)? ([\d.]+).*/, "$1"));
}

/**
 * @param {string} folder
 * @param {RegExp} wanted
 */
async function filesIn(folder, wanted) {
  const names = await readdir(join(sources, folder));
  return names.filter((name) => wanted.test(name)).map((name) => `${folder}/${name}`);
}

/** @param {{facadeModuleId: string | null, moduleIds: string[]}} chunk */
function pathOf({ facadeModuleId, moduleIds }) {
  return relative(sources, facadeModuleId ?? moduleIds[0]).replaceAll("\\", "/");
}

const small = {
  name: "small",
  /**
   * @this {import("rollup").PluginContext}
   * @param {string} code
   * @param {import("rollup").RenderedChunk} chunk
   */
  async renderChunk(code, chunk) {
    const made = await transform(code, { format: "esm", minify: true, target });
    const all = chunk.moduleIds.map((id) => this.getModuleInfo(id)?.code ?? "");
    return [...all.join("\n").matchAll(LEGAL), made.code].join("\n");
  },
};

/** @param {string} page */
async function bundle(page) {
  const graph = await rollup({ input: join(sources, page), plugins: [small] });
  const names = { entryFileNames: pathOf, chunkFileNames: pathOf };
  const { output } = await graph.write({ dir: built, format: "es", ...names });
  return output.map(({ fileName }) => fileName);
}

/**
 * @param {string[]} files
 * @param {import("esbuild").BuildOptions} [more]
 */
async function shrink(files, more) {
  const paths = { entryPoints: files.map((file) => join(sources, file)), outbase: sources };
  await build({ ...paths, outdir: built, minify: true, target, logLevel: "warning", ...more });
}

/** @param {string} file */
async function copy(file) {
  await mkdir(join(built, dirname(file)), { recursive: true });
  await copyFile(join(sources, file), join(built, file));
}

const scripts = (await Promise.all(MODULES.map(bundle))).flat();
const twice = scripts.find((name, place) => scripts.indexOf(name) < place);
if (twice !== undefined) throw new Error(`two pages load ${twice} later, each as it needs it`);
await shrink(CLASSIC);
await shrink([FLOOR], { target: "es5" });
await shrink(await filesIn("vendor/highlight/languages", /^\w+\.js$/), { format: "esm" });
await shrink(await filesIn("css", /^(?:page-.+|dark)\.css$/), { bundle: true });
await Promise.all((await filesIn("vendor", /\.txt$/)).concat("favicon.svg").map(copy));
