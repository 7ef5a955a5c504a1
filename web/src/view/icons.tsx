import type { Word } from "../model/site.ts";

export type Icon = Word | "silent";

/** One shape for each word, so that none depends on a colour. */
export function WordIcon({ icon }: { readonly icon: Icon }) {
  return (
    <svg class={`icon ${icon}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[icon]}
    </svg>
  );
}

const SHAPES: Record<Icon, preact.JSX.Element> = {
  ready: <path d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm-1 10L3.8 7.8l1.3-1.3L7 8.4l4-4 1.3 1.3Z" />,
  degraded: <path d="M8 1 15.5 14.5H.5ZM7.2 6v4h1.6V6Zm0 5.2v1.6h1.6v-1.6Z" fill-rule="evenodd" />,
  lost: (
    <path
      d="M2 1h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H2a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1Zm2.2 4.4L6.8 8l-2.6 2.6 1.2 1.2L8 9.2l2.6 2.6 1.2-1.2L9.2 8l2.6-2.6-1.2-1.2L8 6.8 5.4 4.2Z"
      fill-rule="evenodd"
    />
  ),
  silent: (
    <path
      d="M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 1.6a5.4 5.4 0 1 1 0 10.8A5.4 5.4 0 0 1 8 2.6ZM7.2 4.5v4l3 1.8.8-1.3-2.3-1.4V4.5Z"
      fill-rule="evenodd"
    />
  ),
  unknown: (
    <circle
      cx="8"
      cy="8"
      r="6"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-dasharray="2.4 2.3"
    />
  ),
};

/** The light's cue: a square stands for red, a rhombus for amber. */
export function CueIcon({ cue }: { readonly cue: "red" | "amber" | "none" }) {
  const d = {
    red: "M3 3h10v10H3Z",
    amber: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
    none: "M3 7.2h10v1.6H3Z",
  }[cue];
  return (
    <svg class={`icon cue-${cue}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
