/** Where everything of the plan is, in pixels; and who is whose neighbour. */
import type { Cell } from "../model/layout.ts";
import type { DeskView } from "../model/site.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

export const ROOMY: Size = { width: 112, height: 48, gap: 8 };
export const COMPACT: Size = { width: 68, height: 30, gap: 4 };
export const HEADING = 40;
export const MARGIN = 20;

export interface Section {
  readonly floor: string;
  readonly desks: readonly DeskView[];
  /** By the desk's name. */
  readonly cells: ReadonlyMap<string, Cell>;
}

export interface Spot {
  readonly desk: DeskView;
  readonly floor: string;
  readonly cell: Cell;
  readonly x: number;
  readonly y: number;
}

export interface Plan {
  readonly headings: readonly {
    readonly floor: string;
    readonly desks: readonly DeskView[];
    readonly y: number;
    readonly bottom: number;
  }[];
  readonly spots: readonly Spot[];
  readonly width: number;
  readonly height: number;
}

/** Columns that fit. */
export function fitting(width: number, size: Size): number {
  return Math.max(1, Math.floor((width - 2 * MARGIN + size.gap) / (size.width + size.gap)));
}

/** Floors below one another; `more` free rows and columns to put desks into. */
export function arrange(sections: readonly Section[], size: Size, more = 0): Plan {
  const headings: Plan["headings"][number][] = [];
  const spots: Spot[] = [];
  let y = 0;
  let columns = 0;
  for (const { floor, desks, cells } of sections) {
    let rows = 0;
    for (const desk of desks) {
      const cell = cells.get(desk.where.desk);
      if (!cell) continue;
      rows = Math.max(rows, cell[1] + 1);
      columns = Math.max(columns, cell[0] + 1 + more);
      spots.push({
        desk,
        floor,
        cell,
        x: left(cell, size),
        y: y + HEADING + cell[1] * (size.height + size.gap),
      });
    }
    const bottom = y + HEADING + (rows + more) * (size.height + size.gap) + MARGIN;
    headings.push({ floor, desks, y, bottom });
    y = bottom;
  }
  return {
    headings,
    spots,
    width: 2 * MARGIN + columns * (size.width + size.gap) - size.gap,
    height: y,
  };
}

function left(cell: Cell, size: Size): number {
  return MARGIN + cell[0] * (size.width + size.gap);
}

/** The cell under a point, and its floor; null: none. */
export function cellAt(
  plan: Plan,
  size: Size,
  x: number,
  y: number,
): { floor: string; cell: Cell } | null {
  const section = plan.headings.find((one) => y >= one.y && y < one.bottom);
  if (!section) return null;
  const column = Math.floor((x - MARGIN + size.gap / 2) / (size.width + size.gap));
  const row = Math.floor((y - section.y - HEADING + size.gap / 2) / (size.height + size.gap));
  return { floor: section.floor, cell: [Math.max(0, column), Math.max(0, row)] };
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest desk in a direction; the same one where there is none. */
export function neighbour(plan: Plan, from: Spot, direction: Direction): Spot {
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  for (const spot of plan.spots) {
    const [ahead, aside] = ways(spot.x - from.x, spot.y - from.y, direction);
    if (ahead <= 0 || (aside > 0 && (direction === "left" || direction === "right"))) continue;
    const distance = ahead + 3 * aside;
    if (distance < least) [best, least] = [spot, distance];
  }
  return best;
}

/** How far ahead and aside something lies. */
function ways(dx: number, dy: number, direction: Direction): [number, number] {
  switch (direction) {
    case "left":
      return [-dx, Math.abs(dy)];
    case "right":
      return [dx, Math.abs(dy)];
    case "up":
      return [-dy, Math.abs(dx)];
    case "down":
      return [dy, Math.abs(dx)];
  }
}
