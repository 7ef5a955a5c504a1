import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Cell } from "../model/layout.ts";
import { isSilent } from "../model/site.ts";
import type { Words } from "../words/words.ts";
import {
  arrange,
  cellAt,
  type Direction,
  neighbour,
  type Section,
  type Size,
  type Spot,
} from "./geometry.ts";
import { Tile, tileId } from "./Tile.tsx";

interface Props {
  readonly sections: readonly Section[];
  readonly size: Size;
  readonly arranging: boolean;
  readonly cursor: string | null;
  readonly selected: string | null;
  readonly carried: string | null;
  /** Null: whether desks are silent cannot be said. */
  readonly now: number | null;
  readonly words: Words;
  readonly floorTitle: (floor: string) => string;
  onCursor(key: string): void;
  onOpen(key: string): void;
  onCarry(key: string | null): void;
  onMove(spot: Spot, cell: Cell): void;
  onCancel(): void;
  onWidth(width: number): void;
}

const DIRECTIONS: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
/** So many desks are all drawn, and scrolling draws nothing anew. */
const ALL = 1000;
/** Of more, only those so many pixels around what is seen. */
const AHEAD = 1500;
/** Scrolling draws anew only after so many pixels. */
const STEP = 200;

interface Drag {
  readonly spot: Spot;
  readonly x: number;
  readonly y: number;
  readonly over: Cell | null;
}

export function FloorPlan(props: Props) {
  const { sections, size, arranging, cursor, selected, carried, now, words } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 900 });
  const [drag, setDrag] = useState<Drag | null>(null);
  const plan = useMemo(
    () => arrange(sections, size, arranging ? 1 : 0),
    [sections, size, arranging],
  );
  const spots = useMemo(() => new Map(plan.spots.map((spot) => [spot.desk.key, spot])), [plan]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      setView((old) => ({ ...old, height: element.clientHeight }));
      props.onWidth(element.clientWidth);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const scrolled = () => {
    const top = Math.floor((scroller.current?.scrollTop ?? 0) / STEP) * STEP;
    setView((old) => (old.top === top ? old : { ...old, top }));
  };

  const at = cursor ? spots.get(cursor) : undefined;
  useEffect(() => {
    const element = scroller.current;
    if (!element || !at) return;
    const over = at.y - 48 - element.scrollTop;
    const under = at.y + size.height + 16 - (element.scrollTop + element.clientHeight);
    if (over < 0) element.scrollTop += over;
    else if (under > 0) element.scrollTop += under;
  }, [cursor, at?.y, size]);

  const press = (event: KeyboardEvent) => {
    const first = plan.spots[0];
    if (!first || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const from = at ?? first;
    if (direction && carried && arranging) step(spots.get(carried), direction);
    else if (direction) props.onCursor((at ? neighbour(plan, from, direction) : first).desk.key);
    else if (event.key === "Home") props.onCursor(first.desk.key);
    else if (event.key === "End") props.onCursor((plan.spots.at(-1) ?? first).desk.key);
    else if (event.key === "Enter" && !carried) props.onOpen(from.desk.key);
    else if (event.key === " " && arranging) props.onCarry(carried ? null : from.desk.key);
    else if (event.key === "Enter") props.onCarry(null);
    else if (event.key === "Escape" && carried) props.onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const step = (spot: Spot | undefined, direction: Direction) => {
    if (!spot) return;
    const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [
      number,
      number,
    ];
    const cell: Cell = [spot.cell[0] + dx, spot.cell[1] + dy];
    if (cell[0] >= 0 && cell[1] >= 0) props.onMove(spot, cell);
  };

  const point = (event: PointerEvent): [number, number] => {
    const box = scroller.current?.getBoundingClientRect();
    return [
      event.clientX - (box?.left ?? 0) + (scroller.current?.scrollLeft ?? 0),
      event.clientY - (box?.top ?? 0) + (scroller.current?.scrollTop ?? 0),
    ];
  };

  const down = (event: PointerEvent) => {
    const key = (event.target as Element).closest<HTMLElement>("[data-desk]")?.dataset.desk;
    const spot = key ? spots.get(key) : undefined;
    if (!spot || event.button !== 0) return;
    props.onCursor(spot.desk.key);
    if (!arranging) return;
    event.preventDefault();
    scroller.current?.focus();
    scroller.current?.setPointerCapture(event.pointerId);
    const [x, y] = point(event);
    setDrag({ spot, x, y, over: spot.cell });
  };

  const drift = (event: PointerEvent) => {
    if (!drag) return;
    const [x, y] = point(event);
    const under = cellAt(plan, size, x, y);
    setDrag({ ...drag, x, y, over: under?.floor === drag.spot.floor ? under.cell : null });
  };

  const drop = () => {
    if (drag?.over) props.onMove(drag.spot, drag.over);
    setDrag(null);
  };

  const click = (event: MouseEvent) => {
    const key = (event.target as Element).closest<HTMLElement>("[data-desk]")?.dataset.desk;
    if (key && !arranging) props.onOpen(key);
  };

  const ahead = plan.spots.length > ALL ? AHEAD : Number.POSITIVE_INFINITY;
  const from = view.top - ahead;
  const to = view.top + view.height + STEP + ahead;
  const target = drag?.over ? targetOf(drag, size) : null;
  return (
    <div
      ref={scroller}
      class={`plan ${at ? "led" : ""} ${arranging ? "arranging" : ""} ${size.height < 40 ? "compact" : ""}`}
      role="listbox"
      aria-label={words.plan}
      aria-activedescendant={at ? tileId(at.desk.key) : undefined}
      tabIndex={0}
      onScroll={scrolled}
      onKeyDown={press}
      onPointerDown={down}
      onPointerMove={drift}
      onPointerUp={drop}
      onPointerCancel={() => setDrag(null)}
      onClick={click}
    >
      <div class="ground" style={{ height: `${plan.height}px`, width: `${plan.width}px` }}>
        {plan.headings.map((one) =>
          one.y < to && one.bottom > from ? (
            <div
              key={one.floor}
              class="floor"
              role="presentation"
              style={{ transform: `translateY(${one.y}px)`, height: `${one.bottom - one.y}px` }}
            >
              <h2>
                {props.floorTitle(one.floor)} <small>{words.desks(one.desks.length)}</small>
              </h2>
            </div>
          ) : null,
        )}
        {target && <div class="target" style={target} />}
        {plan.spots.map((spot) => {
          const carriedNow = spot.desk.key === carried || spot.desk.key === drag?.spot.desk.key;
          if (
            (spot.y > to || spot.y + size.height < from) &&
            !carriedNow &&
            spot.desk.key !== cursor
          )
            return null;
          const held = drag && spot.desk.key === drag.spot.desk.key ? drag : null;
          return (
            <Tile
              key={spot.desk.key}
              desk={spot.desk}
              x={held ? held.x - size.width / 2 : spot.x}
              y={held ? held.y - size.height / 2 : spot.y}
              silent={now !== null && isSilent(spot.desk, now)}
              cursor={spot.desk.key === cursor}
              selected={spot.desk.key === selected}
              carried={carriedNow}
              words={words}
            />
          );
        })}
      </div>
    </div>
  );
}

function targetOf(drag: Drag, size: Size): Record<string, string> {
  const [column, row] = drag.over ?? drag.spot.cell;
  const x = drag.spot.x + (column - drag.spot.cell[0]) * (size.width + size.gap);
  const y = drag.spot.y + (row - drag.spot.cell[1]) * (size.height + size.gap);
  return {
    transform: `translate(${x}px, ${y}px)`,
    width: `${size.width}px`,
    height: `${size.height}px`,
  };
}
