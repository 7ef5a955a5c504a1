import type { Status } from "../model/connection.ts";
import type { Word } from "../model/site.ts";
import { age, type Words } from "../words/words.ts";
import { type Icon, WordIcon } from "./icons.tsx";

interface Props {
  readonly sites: string;
  readonly status: Status | null;
  readonly lastHeard: number | null;
  readonly now: number;
  readonly totals: ReadonlyMap<Icon, number>;
  readonly shown: Icon | null;
  readonly malformed: number;
  readonly lastMalformed: string;
  readonly words: Words;
  onShow(icon: Icon | null): void;
  readonly children: preact.ComponentChildren;
}

const ORDER: readonly Icon[] = ["lost", "degraded", "silent", "unknown", "ready"];

/** Where, how many do how, and how old all of it is. */
export function Header(props: Props) {
  const { sites, status, lastHeard, now, totals, shown, malformed, words } = props;
  return (
    <header class="top">
      <h1>
        <span class="mark" aria-hidden="true" /> DeskCue <small>{sites || words.title}</small>
      </h1>
      <fieldset class="totals" aria-label={words.title}>
        {ORDER.filter((icon) => totals.get(icon) || icon === "ready").map((icon) => (
          <button
            key={icon}
            type="button"
            class={`total ${icon}`}
            aria-pressed={shown === icon}
            onClick={() => props.onShow(shown === icon ? null : icon)}
          >
            <WordIcon icon={icon} /> <b>{totals.get(icon) ?? 0}</b> {words[icon as Word | "silent"]}
          </button>
        ))}
        {malformed > 0 && (
          <span class="malformed" title={`${words.malformedWhy} ${props.lastMalformed}`}>
            {words.malformed(malformed)}
          </span>
        )}
      </fieldset>
      <span class="line" data-phase={status?.phase} role="status">
        {lineWords(status, lastHeard, now, words)}
      </span>
      {props.children}
    </header>
  );
}

function lineWords(
  status: Status | null,
  lastHeard: number | null,
  now: number,
  words: Words,
): string {
  if (status?.phase === "lost") return words.lostSince(age(now - status.since, words));
  if (status?.phase !== "live") return words.connecting;
  return lastHeard === null
    ? words.live
    : `${words.live} · ${words.lastHeard(age(now - lastHeard, words))}`;
}
