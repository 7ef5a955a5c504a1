import { useRef, useState } from "preact/hooks";
import { type Layout, read, write } from "../model/layout.ts";
import type { Words } from "../words/words.ts";

interface Props {
  readonly layout: Layout;
  readonly words: Words;
  onLayout(layout: Layout): void;
}

/** The arrangement as a file: for a backup, or for another screen. */
export function LayoutFile({ layout, words, onLayout }: Props) {
  const file = useRef<HTMLInputElement>(null);
  const [trouble, setTrouble] = useState("");
  const take = async () => {
    const chosen = file.current?.files?.[0];
    if (!chosen) return;
    const found = read(await chosen.text());
    setTrouble(found ? "" : words.badLayout);
    if (found) onLayout(found);
    if (file.current) file.current.value = "";
  };
  return (
    <>
      {trouble && <span role="alert">{trouble}</span>}
      <input ref={file} type="file" accept="application/json,.json" hidden onChange={take} />
      <button type="button" onClick={() => file.current?.click()}>
        {words.import}
      </button>
      <button type="button" onClick={() => save(write(layout), "deskcue-layout.json")}>
        {words.export}
      </button>
    </>
  );
}

function save(text: string, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
