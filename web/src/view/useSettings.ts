import { useState } from "preact/hooks";
import { EMPTY, type Layout, read, write } from "../model/layout.ts";
import { recall, remember } from "../model/memory.ts";
import type { Language } from "../words/words.ts";

export interface Settings {
  readonly language: Language;
  readonly dark: boolean | null;
  readonly compact: boolean;
  readonly layout: Layout;
}

/** The language that is not shown now. */
export function otherLanguage({ language }: Settings): Language {
  return language === "zh" ? "en" : "zh";
}

/** What this browser remembers; changes are kept at once. */
export function useSettings(): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(load);
  return [
    settings,
    (change) => {
      setSettings((old) => {
        const made = { ...old, ...change };
        store(made);
        return made;
      });
    },
  ];
}

function load(): Settings {
  const theme = recall("theme");
  return {
    language: (recall("language") ?? navigator.language).startsWith("zh") ? "zh" : "en",
    dark: theme === null ? null : theme === "dark",
    compact: recall("compact") === "yes",
    layout: read(recall("layout") ?? "") ?? EMPTY,
  };
}

function store({ language, dark, compact, layout }: Settings): void {
  remember("language", language);
  remember("theme", dark === null ? null : dark ? "dark" : "light");
  remember("compact", compact ? "yes" : null);
  remember("layout", write(layout));
}
