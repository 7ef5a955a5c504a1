import { WORDS } from "../words/words.ts";
import { otherLanguage, type Settings } from "./useSettings.ts";

interface Props {
  readonly settings: Settings;
  change(change: Partial<Settings>): void;
}

/** Changes to the other language; it says so in that one. */
export function LanguageButton({ settings, change }: Props) {
  const other = otherLanguage(settings);
  return (
    <button
      type="button"
      class="language"
      lang={other === "zh" ? "zh-CN" : "en"}
      onClick={() => change({ language: other })}
    >
      {WORDS[settings.language].language}
    </button>
  );
}
