import { useEffect, useRef } from "preact/hooks";
import type { Words } from "../words/words.ts";

/** Call what belongs to a key, unless somebody types. */
export function useKeys(actions: Readonly<Record<string, () => void>>): void {
  const now = useRef(actions);
  now.current = actions;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest("input, select, textarea, form"))
        return;
      const action = now.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

export function Keys({ words, onClose }: { readonly words: Words; onClose(): void }) {
  return (
    <div class="veil">
      <dialog open class="keys" aria-label={words.help}>
        <h2>{words.help}</h2>
        <dl>
          {words.keys.map(([key, does]) => (
            <>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{does}</dd>
            </>
          ))}
        </dl>
        <button type="button" onClick={onClose}>
          {words.close}
        </button>
      </dialog>
    </div>
  );
}
