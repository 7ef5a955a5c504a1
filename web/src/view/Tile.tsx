import { Component } from "preact";
import type { DeskView } from "../model/site.ts";
import type { Words } from "../words/words.ts";
import { WordIcon } from "./icons.tsx";

export interface TileProps {
  readonly desk: DeskView;
  readonly x: number;
  readonly y: number;
  readonly silent: boolean;
  readonly cursor: boolean;
  readonly selected: boolean;
  readonly carried: boolean;
  readonly words: Words;
}

/** One desk on the plan; drawn anew only when something of it changes. */
export class Tile extends Component<TileProps> {
  override shouldComponentUpdate(next: TileProps): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof TileProps)[]).some((key) => now[key] !== next[key]);
  }

  override render({ desk, x, y, silent, cursor, selected, carried, words }: TileProps) {
    const icon = silent ? "silent" : desk.word;
    const said = tileWords(desk, silent, words);
    const more = desk.faults.length - 1;
    const flags = [
      !said && "bare",
      cursor && "cursor",
      selected && "selected",
      carried && "carried",
    ].filter(Boolean);
    return (
      <div
        id={tileId(desk.key)}
        data-desk={desk.key}
        class={`tile ${icon} ${flags.join(" ")}`}
        style={{ transform: `translate(${x}px, ${y}px)` }}
        role="option"
        tabIndex={-1}
        aria-selected={selected}
        title={desk.where.desk}
        aria-label={`${desk.where.desk}, ${words[icon]}${desk.faults.map((one) => `, ${faultName(one, words)}`).join("")}`}
      >
        <WordIcon icon={icon} />
        <span class="name">{desk.where.desk}</span>
        {said && (
          <span class="fault">
            <span>{said}</span>
            {more > 0 && <b>+{more}</b>}
          </span>
        )}
      </div>
    );
  }
}

export const tileId = (key: string) => `desk-${encodeURIComponent(key)}`;

export function faultName(code: string, words: Words): string {
  return words.codes[code] ?? code;
}

function tileWords(desk: DeskView, silent: boolean, words: Words): string {
  const [first] = desk.faults;
  if (first) return faultName(first, words);
  if (silent) return words.silent;
  return desk.word === "ready" ? "" : words[desk.word];
}
