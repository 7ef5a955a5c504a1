import { createHash } from "node:crypto";
import type { Plugin } from "vite";

/** One file: script and style stand in the page, and its policy allows these two and no others. */
export function singleFile(): Plugin {
  return {
    name: "deskcue-single-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("there is no index.html to put everything into");
      let html = String(page.source);
      for (const [name, part] of Object.entries(bundle)) {
        const found = part.type === "chunk" ? scriptTag(name) : styleTag(name);
        if (!found.test(html)) continue;
        const text =
          part.type === "chunk"
            ? part.code.replaceAll("</script", "<\\/script")
            : String(part.source);
        const tag = part.type === "chunk" ? "script" : "style";
        const attributes = part.type === "chunk" ? ' type="module"' : "";
        html = html.replace(found, () => `<${tag}${attributes}>${text}</${tag}>`);
        html = html.replace(`'${tag}-hash'`, `'sha256-${sha256(text)}'`);
        delete bundle[name];
      }
      page.source = html;
    },
  };
}

const escaped = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const scriptTag = (name: string) => new RegExp(`<script[^>]*src="[^"]*${escaped(name)}"></script>`);
const styleTag = (name: string) => new RegExp(`<link[^>]*href="[^"]*${escaped(name)}"[^>]*>`);
const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");
