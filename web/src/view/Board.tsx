import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Status } from "../model/connection.ts";
import { hourTable } from "../model/hours.ts";
import { move, place, reset } from "../model/layout.ts";
import {
  type DeskView,
  deskKey,
  digestSilent,
  type Entry,
  isSilent,
  type Site,
} from "../model/site.ts";
import type { Words } from "../words/words.ts";
import { CountsPanel } from "./Counts.tsx";
import { Details } from "./Details.tsx";
import { FloorPlan } from "./FloorPlan.tsx";
import { COMPACT, fitting, ROOMY, type Section } from "./geometry.ts";
import { Header } from "./Header.tsx";
import type { Icon } from "./icons.tsx";
import { Keys, useKeys } from "./Keys.tsx";
import { LanguageButton } from "./LanguageButton.tsx";
import { LayoutFile } from "./LayoutFile.tsx";
import { Stream } from "./Stream.tsx";
import { otherLanguage, type Settings } from "./useSettings.ts";

interface Props {
  readonly site: Site;
  /** Grows with every change of the site. */
  readonly version: number;
  readonly status: Status | null;
  readonly now: number;
  readonly settings: Settings;
  readonly words: Words;
  readonly supervising: boolean;
  change(change: Partial<Settings>): void;
  onSupervise(): void;
  onSignOut(): void;
}

/** The floors, what is counted there, and what happens. */
export function Board(props: Props) {
  const { site, version, now, settings, change, words } = props;
  const [floor, setFloor] = useState("");
  const [shown, setShown] = useState<Icon | "problems" | null>(null);
  const [wanted, setWanted] = useState("");
  const [arranging, setArranging] = useState(false);
  const [cursor, setCursor] = useState<string | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const [carried, setCarried] = useState<string | null>(null);
  const [width, setWidth] = useState(1000);
  const [keys, setKeys] = useState(false);
  const before = useRef(settings.layout);
  const search = useRef<HTMLInputElement>(null);

  const size = settings.compact ? COMPACT : ROOMY;
  const columns = fitting(width, size);
  const lively = props.status?.phase === "live" && !digestSilent(site, now);
  // Silence is told to the minute: nothing is drawn anew each second for it.
  const minute = lively ? Math.floor(now / 10_000) * 10_000 : null;
  const all = useMemo(() => site.floors(), [site, version]);
  const iconOf = (desk: DeskView): Icon =>
    minute !== null && isSilent(desk, minute) ? "silent" : desk.word;
  const filtering = shown !== null || wanted !== "";
  const sections = useMemo<Section[]>(() => {
    const made: Section[] = [];
    for (const [key, desks] of all) {
      if (floor && key !== floor) continue;
      const left = desks.filter(
        (desk) =>
          (shown === null ||
            (shown === "problems" ? needsAttention(desk, iconOf(desk)) : iconOf(desk) === shown)) &&
          desk.where.desk.toLowerCase().includes(wanted.toLowerCase()),
      );
      if (!left.length) continue;
      const names = left.map((desk) => desk.where.desk);
      const layout = filtering ? ({ version: 1, floors: {} } as const) : settings.layout;
      made.push({ floor: key, desks: left, cells: place(layout, key, names, columns) });
    }
    return made;
  }, [all, floor, shown, wanted, minute, settings.layout, columns]);
  const totals = useMemo(() => {
    const found = new Map<Icon, number>();
    for (const [key, desks] of all) {
      if (floor && key !== floor) continue;
      for (const desk of desks) found.set(iconOf(desk), (found.get(iconOf(desk)) ?? 0) + 1);
    }
    return found;
  }, [all, floor, minute]);
  const tens = Math.floor(now / 10_000) * 10_000;
  const hour = Math.floor(now / 60_000);
  const table = useMemo(() => {
    const chosen = [...site.counts].filter(([key]) => !floor || key === floor);
    return hourTable(
      chosen.map(([, counts]) => counts),
      now,
    );
  }, [site, site.counted, floor, hour]);

  const sites = [...new Set([...site.desks.values()].map((desk) => desk.where.site))];
  const floorTitle = (key: string) => {
    const [name, ...rest] = key.split("/");
    const title = words.floor(rest.join("/"));
    return sites.length > 1 ? `${name} · ${title}` : title;
  };
  const next = () => {
    const desks = sections.flatMap((one) => one.desks);
    const from = desks.findIndex((desk) => desk.key === cursor) + 1;
    const found = [...desks.slice(from), ...desks.slice(0, from)].find((desk) =>
      needsAttention(desk, iconOf(desk)),
    );
    if (!found) return;
    setCursor(found.key);
    setSelected(found.key);
    focusPlan();
  };
  const arrange = (on: boolean) => {
    setShown(null);
    setWanted("");
    setCarried(null);
    setArranging(on);
    if (on) focusPlan();
  };
  useKeys({
    "/": () => search.current?.focus(),
    n: next,
    p: () => setShown(shown === "problems" ? null : "problems"),
    a: () => arrange(!arranging),
    c: () => change({ compact: !settings.compact }),
    t: () => change({ dark: !isDark(settings) }),
    l: () => change({ language: otherLanguage(settings) }),
    "?": () => setKeys(!keys),
    Escape: () => {
      if (keys) setKeys(false);
      else if (selected) setSelected(null);
      else if (filtering) arrange(false);
    },
  });
  useEffect(() => {
    if (selected && !site.desks.has(selected)) setSelected(null);
  }, [version]);

  const desk = selected ? site.desks.get(selected) : undefined;
  const entries = useMemo(() => site.streamOf(floor), [site.stream, floor]);
  const openEntry = useCallback((entry: Entry) => {
    setCursor(deskKey(entry.desk));
    setSelected(deskKey(entry.desk));
  }, []);
  return (
    <div class={`board ${props.status?.phase === "live" ? "" : "stale"}`}>
      <Header
        sites={sites.join(", ")}
        status={props.status}
        lastHeard={site.lastHeard}
        now={now}
        totals={totals}
        shown={shown === "problems" ? null : shown}
        malformed={site.malformed}
        lastMalformed={site.lastMalformed}
        words={words}
        onShow={setShown}
      >
        <nav class="tools">
          <button
            type="button"
            class="supervisor"
            aria-pressed={props.supervising}
            onClick={props.onSupervise}
          >
            {props.supervising ? words.leaveSupervisor : words.supervisor}
          </button>
          <LanguageButton settings={settings} change={change} />
          <button
            type="button"
            aria-label={words.theme}
            title={words.theme}
            onClick={() => change({ dark: !isDark(settings) })}
          >
            ◐
          </button>
          <button
            type="button"
            aria-pressed={keys}
            aria-label={words.help}
            title={words.help}
            onClick={() => setKeys(!keys)}
          >
            ?
          </button>
          <button type="button" onClick={props.onSignOut}>
            {words.signOut}
          </button>
        </nav>
      </Header>
      {props.supervising && <p class="notice">{words.supervising}</p>}
      {props.status?.phase === "live" && site.desks.size > 0 && !lively && (
        <p class="notice">{words.digestSilent}</p>
      )}
      <main>
        <div class="bar">
          <select
            aria-label={words.plan}
            value={floor}
            onChange={(event) => setFloor(event.currentTarget.value)}
          >
            <option value="">{words.all}</option>
            {[...all.keys()].map((key) => (
              <option key={key} value={key}>
                {floorTitle(key)}
              </option>
            ))}
          </select>
          <input
            ref={search}
            type="search"
            placeholder={words.search}
            aria-label={words.search}
            value={wanted}
            disabled={arranging}
            onInput={(event) => setWanted(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setWanted("");
              if (event.key === "Escape" || event.key === "Enter") focusPlan();
            }}
          />
          <button
            type="button"
            aria-pressed={shown === "problems"}
            disabled={arranging}
            onClick={() => setShown(shown === "problems" ? null : "problems")}
          >
            {words.problems}
          </button>
          <span class="gap" />
          <button
            type="button"
            aria-pressed={settings.compact}
            onClick={() => change({ compact: !settings.compact })}
          >
            {words.compact}
          </button>
          <button type="button" class={arranging ? "main" : ""} onClick={() => arrange(!arranging)}>
            {arranging ? words.done : words.arrange}
          </button>
        </div>
        {arranging && (
          <div class="bar hint">
            <span>{words.arranging}</span>
            <span class="gap" />
            <LayoutFile
              layout={settings.layout}
              words={words}
              onLayout={(layout) => change({ layout })}
            />
            <button
              type="button"
              onClick={() =>
                change({
                  layout: sections.reduce(
                    (layout, one) => reset(layout, one.floor),
                    settings.layout,
                  ),
                })
              }
            >
              {words.reset}
            </button>
          </div>
        )}
        {sections.length === 0 && (
          <p class="empty middle">{site.desks.size ? words.noMatch : words.noDesks}</p>
        )}
        <FloorPlan
          sections={sections}
          size={size}
          arranging={arranging}
          cursor={cursor}
          selected={selected}
          carried={carried}
          now={minute}
          words={words}
          floorTitle={floorTitle}
          onCursor={setCursor}
          onOpen={(key) => {
            setCursor(key);
            setSelected(key === selected ? null : key);
          }}
          onCarry={(key) => {
            if (key) before.current = settings.layout;
            setCarried(key);
          }}
          onMove={(spot, cell) => {
            const names = (all.get(spot.floor) ?? []).map((one) => one.where.desk);
            change({
              layout: move(settings.layout, spot.floor, names, spot.desk.where.desk, cell, columns),
            });
          }}
          onCancel={() => {
            change({ layout: before.current });
            setCarried(null);
          }}
          onWidth={setWidth}
        />
      </main>
      <aside>
        {desk && (
          <Details
            desk={desk}
            silent={iconOf(desk) === "silent"}
            now={now}
            words={words}
            floorTitle={floorTitle(`${desk.where.site}/${desk.where.floor}`)}
            onClose={() => setSelected(null)}
          />
        )}
        <CountsPanel
          key={String(isDark(settings))}
          table={table}
          now={tens}
          words={words}
          language={settings.language}
        />
        <Stream
          entries={entries}
          severalFloors={!floor && all.size > 1}
          words={words}
          language={settings.language}
          onOpen={openEntry}
        />
      </aside>
      {keys && <Keys words={words} onClose={() => setKeys(false)} />}
    </div>
  );
}

function needsAttention(desk: DeskView, icon: Icon): boolean {
  return icon !== "ready" || desk.faults.length > 0;
}

function focusPlan(): void {
  document.querySelector<HTMLElement>(".plan")?.focus({ preventScroll: true });
}

function isDark(settings: Settings): boolean {
  return settings.dark ?? matchMedia("(prefers-color-scheme: dark)").matches;
}
