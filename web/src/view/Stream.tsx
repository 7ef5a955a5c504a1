import type { Entry } from "../model/site.ts";
import { clauseTitle, kindTitle, type Language, reasonTitle, type Words } from "../words/words.ts";
import { CueIcon, WordIcon } from "./icons.tsx";
import { memo } from "./memo.tsx";
import { faultName } from "./Tile.tsx";

interface Props {
  readonly entries: readonly Entry[];
  /** Whether desks of several floors are among them. */
  readonly severalFloors: boolean;
  readonly words: Words;
  readonly language: Language;
  onOpen(entry: Entry): void;
}

/** Lines that are drawn; the rest is kept for a filter. */
const SHOWN = 120;

function Lines({ entries, severalFloors, words, language, onOpen }: Props) {
  return (
    <section class="stream" aria-label={words.stream}>
      <header>
        <h2>{words.stream}</h2>
      </header>
      {entries.length === 0 && <p class="empty">{words.noStream}</p>}
      <ol>
        {entries.slice(0, SHOWN).map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => onOpen(one)}>
              <time dateTime={new Date(one.at).toISOString()}>{clock(one.at)}</time>
              <span class="who">
                {severalFloors && <small>{one.desk.floor}/</small>}
                {one.desk.desk}
              </span>
              <What entry={one} words={words} language={language} />
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

export const Stream = memo(Lines);

function What({
  entry,
  words,
  language,
}: {
  readonly entry: Entry;
  readonly words: Words;
  readonly language: Language;
}) {
  const { what } = entry;
  if (what.type === "word") {
    return (
      <span class="what">
        <WordIcon icon={what.word} /> {words.becomes[what.word]}
        {what.faults.length > 0 && (
          <em> {what.faults.map((one) => faultName(one, words)).join(", ")}</em>
        )}
      </span>
    );
  }
  const id = what.finding.clause ?? what.finding.rule;
  return (
    <span class="what">
      <CueIcon cue={what.finding.cue} /> <b>{id}</b> {kindTitle(what.finding.kind, language)}{" "}
      <small>{clauseTitle(id, language)}</small>
      {what.replayed && <mark>{words.replayed}</mark>}
      {what.contested && (
        <mark>
          {words.contested}: {reasonTitle(what.contested, language)}
        </mark>
      )}
    </span>
  );
}

const time = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const clock = (ms: number) => time.format(ms);
