/** Where desks stand on the plan: a grid for each floor, as IT has arranged it. */
import { byName } from "./site.ts";

/** Column and row, from 0. */
export type Cell = readonly [number, number];

export interface Layout {
  readonly version: 1;
  /** Floor -> desk -> its cell; a desk that is not named takes a free one. */
  readonly floors: Readonly<Record<string, Readonly<Record<string, Cell>>>>;
}

export const EMPTY: Layout = { version: 1, floors: {} };

/** Desks in a row, where nobody has said. */
export const COLUMNS = 10;
/** Cells that a floor may be wide or high. */
export const LARGEST = 200;

/** Each desk's cell: as arranged, the others in order below. */
export function place(
  layout: Layout,
  floor: string,
  names: readonly string[],
  columns = COLUMNS,
): Map<string, Cell> {
  const arranged = layout.floors[floor] ?? {};
  const placed = new Map<string, Cell>();
  const taken = new Set<string>();
  for (const name of names) {
    const cell = Object.hasOwn(arranged, name) ? arranged[name] : undefined;
    if (!cell || taken.has(cell.join())) continue;
    placed.set(name, cell);
    taken.add(cell.join());
  }
  const below = Math.max(-1, ...[...placed.values()].map(([, row]) => row)) + 1;
  const left = names.filter((name) => !placed.has(name)).sort(byName);
  left.forEach((name, at) => {
    placed.set(name, [at % columns, below + Math.floor(at / columns)]);
  });
  return placed;
}

/** Put a desk into a cell; who is there goes where it came from. */
export function move(
  layout: Layout,
  floor: string,
  names: readonly string[],
  name: string,
  [column, row]: Cell,
  columns = COLUMNS,
): Layout {
  const placed = place(layout, floor, names, columns);
  const from = placed.get(name);
  if (!from) return layout;
  const to: Cell = [clamp(column), clamp(row)];
  for (const [other, cell] of placed) {
    if (cell[0] === to[0] && cell[1] === to[1]) placed.set(other, from);
  }
  placed.set(name, to);
  // Those who are away now keep their place.
  const kept = { ...layout.floors[floor], ...Object.fromEntries(placed) };
  return { version: 1, floors: { ...layout.floors, [floor]: kept } };
}

/** Forget how a floor was arranged. */
export function reset(layout: Layout, floor: string): Layout {
  const { [floor]: _gone, ...left } = layout.floors;
  return { version: 1, floors: left };
}

/** Read what `write` wrote; null: it is no layout. */
export function read(text: string): Layout | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(found) || found.version !== 1 || !isRecord(found.floors)) return null;
  const good = Object.values(found.floors).every(
    (floor) => isRecord(floor) && Object.values(floor).every(isCell),
  );
  return good ? (found as unknown as Layout) : null;
}

/** A layout for a file. */
export function write(layout: Layout): string {
  return `${JSON.stringify(layout, null, 1)}\n`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): value is Cell {
  return Array.isArray(value) && value.length === 2 && value.every(isPlace);
}

function isPlace(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < LARGEST;
}

const clamp = (place: number) => Math.min(LARGEST - 1, Math.max(0, place));
