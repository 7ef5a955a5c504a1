import type { DeskView } from "../model/site.ts";
import { age, type Words } from "../words/words.ts";
import { type Icon, WordIcon } from "./icons.tsx";
import { faultName } from "./Tile.tsx";

interface Props {
  readonly desk: DeskView;
  readonly silent: boolean;
  readonly now: number;
  readonly words: Words;
  readonly floorTitle: string;
  onClose(): void;
}

/** Everything that the page's login may know of one desk: how the device does, nothing of its agent. */
export function Details({ desk, silent, now, words, floorTitle, onClose }: Props) {
  const { condition } = desk;
  const icon: Icon = silent ? "silent" : desk.word;
  const lines = new Map(condition?.faults.map((one) => [one.code, one]));
  const codes = [...new Set([...desk.faults, ...lines.keys()])];
  return (
    <section class="details" aria-label={words.details}>
      <header>
        <h2>
          <WordIcon icon={icon} /> {desk.where.desk} <small>{floorTitle}</small>
        </h2>
        <button type="button" onClick={onClose} aria-label={words.close}>
          ✕
        </button>
      </header>
      <dl>
        <dt>{words[icon]}</dt>
        <dd>{desk.changed ? words.since(age(now - Date.parse(desk.changed), words)) : ""}</dd>
        <dt>{words.spoke}</dt>
        <dd>{desk.spoke === null ? words.never : words.ago(age(now - desk.spoke, words))}</dd>
        {condition && (
          <>
            <dt>{words.version}</dt>
            <dd>{condition.version ?? "–"}</dd>
            <dt>{words.rulebook}</dt>
            <dd>
              {condition.rulebook
                ? `${condition.rulebook} v${condition.rulebook_version ?? "?"}`
                : "–"}
            </dd>
            <dt>{words.clock}</dt>
            <dd>{words.clocks[condition.clock]}</dd>
            <dt>{words.ear}</dt>
            <dd>
              {condition.ear_age_s === null
                ? "–"
                : words.ago(age(1000 * condition.ear_age_s, words))}
            </dd>
            <dt>{words.outbox}</dt>
            <dd>{condition.waiting ? words.yes : words.no}</dd>
          </>
        )}
      </dl>
      <h3>{words.faults}</h3>
      {codes.length === 0 && <p class="empty">{words.noFaults}</p>}
      <ul>
        {codes.map((code) => {
          const fault = lines.get(code);
          return (
            <li key={code}>
              <b>{faultName(code, words)}</b> {fault?.line}
              {fault?.since && (
                <small> {words.since(age(now - Date.parse(fault.since), words))}</small>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
