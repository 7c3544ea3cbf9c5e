// Bundle the panel to FOLDER (default ../web/static): index.html, and assets whose names hold their hash.
//   node bundle.mjs [--watch] [--out FOLDER]
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--out");
const folder = path.resolve(at > 0 ? process.argv[at + 1] : path.join(here, "../web/static"));
const assets = path.join(folder, "assets");

const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  minify: true,
  loader: { ".css": "text" },
  logLevel: "warning",
};

// The worklet runs in a scope of its own and is fetched by its address.
const worklet = await esbuild.build({ ...common, entryPoints: ["src/audio/worklet.ts"], write: false });
const workletName = `worklet-${digest(worklet.outputFiles[0].text)}.js`;

const finish = {
  name: "finish",
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length) return;
      const outputs = Object.entries(result.metafile.outputs);
      const entry = path.basename(outputs.find(([, o]) => o.entryPoint === "src/main.ts")[0]);
      const css = (
        await esbuild.transform(await readFile(path.join(here, "src/styles/page.css")), {
          loader: "css",
          minify: true,
        })
      ).code;
      const cssName = `page-${digest(css)}.css`;
      await writeFile(path.join(assets, cssName), css);
      await writeFile(path.join(assets, workletName), worklet.outputFiles[0].text);
      const page = await readFile(path.join(here, "src/index.html"), "utf8");
      await writeFile(
        path.join(folder, "index.html"),
        page.replace("panel.js", `assets/${entry}`).replace("page.css", `assets/${cssName}`),
      );
      await compress();
    });
  },
};

function digest(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

async function compress() {
  let total = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(js|css|html)$/.test(name)) continue;
    const data = await readFile(path.join(folder, name));
    const gz = gzipSync(data, { level: 9 });
    total += gz.length;
    await writeFile(path.join(folder, `${name}.gz`), gz);
    await writeFile(path.join(folder, `${name}.br`), brotliCompressSync(data));
  }
  console.log(`panel: ${(total / 1000).toFixed(1)} kB compressed, in ${path.relative(process.cwd(), folder) || "."}`);
}

await rm(folder, { recursive: true, force: true });
await mkdir(assets, { recursive: true });
const context = await esbuild.context({
  ...common,
  entryPoints: { panel: "src/main.ts" },
  legalComments: "linked",
  outdir: assets,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  splitting: true,
  metafile: true,
  define: { WORKLET: JSON.stringify(`assets/${workletName}`) },
  plugins: [finish],
});
if (process.argv.includes("--watch")) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}
