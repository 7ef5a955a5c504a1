import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { ClauseCounts, HourTable } from "../model/hours.ts";
import { age, clauseTitle, type Language, type Words } from "../words/words.ts";
import { CueIcon } from "./icons.tsx";
import { memo } from "./memo.tsx";

interface Props {
  readonly table: HourTable;
  readonly now: number;
  readonly words: Words;
  readonly language: Language;
}

/** A row of bars for each clause: nothing has to be told apart by its colour. */
function Panel({ table, now, words, language }: Props) {
  const [numbers, setNumbers] = useState(false);
  const [hour, setHour] = useState<number | null>(null);
  const most = Math.max(
    1,
    ...table.clauses.flatMap((one) => one.byHour.map((count) => count ?? 0)),
  );
  const hidden = table.hidden.filter(Boolean).length;
  return (
    <section class="counts" aria-label={words.counts}>
      <header>
        <h2>{words.counts}</h2>
        <button type="button" aria-pressed={numbers} onClick={() => setNumbers(!numbers)}>
          {numbers ? words.bars : words.numbers}
        </button>
      </header>
      {table.at === null ? (
        <p class="empty">{words.noCounts}</p>
      ) : (
        <>
          <p class="aside">
            {words.calls(table.calls)} · {words.contestedCount(table.contested)} ·{" "}
            {words.countsOf(age(now - table.at, words))}
          </p>
          {numbers ? (
            <Numbers table={table} words={words} language={language} />
          ) : (
            <div class="bars">
              <Hours table={table} hour={hour} />
              {table.clauses.map((one) => (
                <div class="row" key={one.clause}>
                  <Clause one={one} language={language} />
                  <Bars one={one} table={table} most={most} onHour={setHour} hour={hour} />
                  <output>{hour === null ? one.total : (one.byHour[hour] ?? "–")}</output>
                </div>
              ))}
            </div>
          )}
          {hidden > 0 && <p class="aside">{words.hiddenHours(hidden, table.smallest)}</p>}
        </>
      )}
    </section>
  );
}

export const CountsPanel = memo(Panel);

function Clause({ one, language }: { readonly one: ClauseCounts; readonly language: Language }) {
  const title = clauseTitle(one.clause, language);
  return (
    <span class="clause" title={title}>
      <CueIcon cue={one.cue} /> <b>{one.clause}</b> <small>{title}</small>
    </span>
  );
}

const hourName = (ms: number) => `${new Date(ms).getHours()}`;

function Hours({ table, hour }: { readonly table: HourTable; readonly hour: number | null }) {
  return (
    <div class="row hours" aria-hidden="true">
      <span class="clause" />
      <span class="axis">
        {table.hours.map((ms, at) => (
          <i key={ms} class={`${table.hidden[at] ? "hatched" : ""} ${at === hour ? "here" : ""}`}>
            {new Date(ms).getHours() % 2 === 0 || at === hour ? hourName(ms) : ""}
          </i>
        ))}
      </span>
      <output>{hour === null ? "Σ" : `${hourName(table.hours[hour] ?? 0)}:00`}</output>
    </div>
  );
}

interface BarsProps {
  readonly one: ClauseCounts;
  readonly table: HourTable;
  readonly most: number;
  readonly hour: number | null;
  onHour(hour: number | null): void;
}

const HEIGHT = 26;

function Bars({ one, table, most, hour, onHour }: BarsProps) {
  const place = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data: uPlot.AlignedData = [table.hours.map((_, at) => at), [...one.byHour]];
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot(
      options(element, data.length && table.hours.length, onHour),
      data,
      element,
    );
    chart.current = made;
    const watch = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, []);
  const shown = JSON.stringify([data, most]);
  useEffect(() => {
    chart.current?.batch(() => {
      chart.current?.setScale("y", { min: 0, max: most });
      chart.current?.setData(data, false);
      chart.current?.setScale("x", { min: -0.5, max: table.hours.length - 0.5 });
    });
  }, [shown]);
  return (
    <span
      class="chart"
      ref={place}
      role="img"
      aria-label={one.byHour.map((count) => count ?? "–").join(" ")}
    >
      {table.hidden.map((is, at) =>
        is && one.byHour[at] === null ? (
          <i
            key={table.hours[at]}
            class="hatched"
            style={{
              left: `${(100 * at) / table.hours.length}%`,
              width: `${100 / table.hours.length}%`,
            }}
          />
        ) : null,
      )}
      {hour !== null && (
        <i
          class="here"
          style={{
            left: `${(100 * hour) / table.hours.length}%`,
            width: `${100 / table.hours.length}%`,
          }}
        />
      )}
    </span>
  );
}

function options(
  element: HTMLElement,
  hours: number,
  onHour: (hour: number | null) => void,
): uPlot.Options {
  const colour = () => getComputedStyle(element).getPropertyValue("color");
  return {
    width: Math.max(40, element.clientWidth),
    height: HEIGHT,
    padding: [1, 0, 0, 0],
    legend: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: {
      x: { time: false, auto: false, min: -0.5, max: hours - 0.5 },
      y: { auto: false, min: 0, max: 1 },
    },
    cursor: {
      x: false,
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
    },
    series: [
      {},
      {
        fill: colour,
        stroke: colour,
        width: 0,
        paths: uPlot.paths.bars?.({ size: [0.72, 40] }) ?? (() => null),
        points: { show: false },
      },
    ],
    hooks: { setCursor: [(chart) => onHour(chart.cursor.idx ?? null)] },
  };
}

function Numbers({ table, words, language }: Pick<Props, "table" | "words" | "language">) {
  return (
    <div class="numbers">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.clause}</th>
            {table.hours.map((ms, at) => (
              <th key={ms} scope="col" class={table.hidden[at] ? "hatched" : ""}>
                {hourName(ms)}
              </th>
            ))}
            <th scope="col">{words.total}</th>
          </tr>
        </thead>
        <tbody>
          {table.clauses.map((one) => (
            <tr key={one.clause}>
              <th scope="row">
                <Clause one={one} language={language} />
              </th>
              {one.byHour.map((count, at) => (
                <td key={table.hours[at]} class={count ? "" : "none"}>
                  {count ?? "–"}
                </td>
              ))}
              <td>{one.total}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
