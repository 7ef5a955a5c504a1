// Writes src/contract from the contract's own files: types from its JSON Schemas, titles of clauses.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";
import { parse } from "smol-toml";

const python = new URL("../../firmware_py/", import.meta.url);
const out = new URL("../src/contract/", import.meta.url);
const banner = "// Made from the contract's schemas by tools/types.js.";

await mkdir(out, { recursive: true });
for (const name of ["state", "condition", "counts", "event", "contest"]) {
  const schema = JSON.parse(
    await readFile(new URL(`contract/${name}.schema.json`, python), "utf8"),
  );
  const type = name[0].toUpperCase() + name.slice(1);
  const made = await compile({ ...schema, title: type }, type, { bannerComment: banner });
  await writeFile(new URL(`${name}.ts`, out), made);
}
for (const [file, path, key] of [
  ["clauses", "rules/clauses.toml", null],
  ["reasons", "core/messages.toml", "contest"],
  ["kinds", "core/messages.toml", "found"],
]) {
  const found = parse(await readFile(new URL(path, python), "utf8"));
  await writeFile(new URL(`${file}.json`, out), JSON.stringify(key ? found[key] : found));
}
