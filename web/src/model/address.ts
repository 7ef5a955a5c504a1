/** How a browser comes to know the broker, and who it is. */
import type { Login } from "./connection.ts";
import { recall, remember } from "./memory.ts";

/** The broker's address: written into the page, remembered, or where the page came from. */
export function brokerUrl(): string {
  const written = document.querySelector<HTMLMetaElement>('meta[name="deskcue-broker"]')?.content;
  const own = { "https:": `wss://${location.host}`, "http:": `ws://${location.host}` }[
    location.protocol
  ];
  return written || recall("broker") || own || "wss://";
}

/** The login that this screen was to keep, or that its address brought along. */
export function firstLogin(): Login | null {
  const brought = new URLSearchParams(location.hash.slice(1));
  const name = brought.get("name");
  const password = brought.get("password");
  if (name && password) {
    // It shall not stay in the address line.
    history.replaceState(null, "", location.pathname + location.search);
    return { url: brought.get("broker") ?? brokerUrl(), name, password };
  }
  return keptLogin(recall("login"));
}

export function keepLogin(login: Login | null): void {
  remember("login", login && JSON.stringify(login));
}

function keptLogin(text: string | null): Login | null {
  try {
    const found: unknown = JSON.parse(text ?? "null");
    if (typeof found !== "object" || found === null) return null;
    const { url, name, password } = found as Record<string, unknown>;
    const good =
      typeof url === "string" && typeof name === "string" && typeof password === "string";
    return good ? { url, name, password } : null;
  } catch {
    return null;
  }
}
