/** The line to the broker: MQTT 5 over a WebSocket, made again by itself whenever it breaks. */
import mqtt, { type ErrorWithReasonCode } from "mqtt";

export type Status =
  | { readonly phase: "connecting" }
  | { readonly phase: "live" }
  | { readonly phase: "lost"; readonly since: number }
  | { readonly phase: "refused"; readonly why: string };

export interface Login {
  readonly url: string;
  readonly name: string;
  readonly password: string;
}

export interface Listener {
  status(status: Status): void;
  /** A connection stands; the broker is about to say what it keeps. */
  begin(): void;
  /** It has said it. */
  settled(): void;
  message(topic: string, payload: Uint8Array, kept: boolean): void;
}

export interface Line {
  end(): void;
}

const REFUSALS: ReadonlySet<unknown> = new Set([4, 5, 0x86, 0x87, 0x8c]);
const SHORTEST_MS = 1_000;
const LONGEST_MS = 30_000;
const SETTLED_MS = 5_000;

/** Connect, and stay connected until `end`. */
export function open(login: Login, topics: readonly string[], listener: Listener): Line {
  const client = mqtt.connect(login.url, {
    protocolVersion: 5,
    clientId: `deskcue-page-${crypto.getRandomValues(new Uint32Array(2)).join("")}`,
    username: login.name,
    password: login.password,
    clean: true,
    keepalive: 15,
    connectTimeout: 10_000,
    reconnectPeriod: SHORTEST_MS,
    resubscribe: false,
    queueQoSZero: false,
  });
  let settling = 0;
  let lostSince: number | null = null;
  listener.status({ phase: "connecting" });
  client.on("connect", () => {
    client.options.reconnectPeriod = SHORTEST_MS;
    lostSince = null;
    listener.begin();
    client.subscribe([...topics], { qos: 1 }, () => listener.status({ phase: "live" }));
    settling = window.setTimeout(() => listener.settled(), SETTLED_MS);
  });
  client.on("message", (topic, payload, packet) => listener.message(topic, payload, packet.retain));
  client.on("close", () => {
    window.clearTimeout(settling);
    // Many pages that lose one broker shall not all come back at once.
    const pause = Math.min(LONGEST_MS, (client.options.reconnectPeriod ?? SHORTEST_MS) * 1.7);
    client.options.reconnectPeriod = pause * (0.7 + 0.3 * Math.random());
    lostSince ??= Date.now();
    listener.status({ phase: "lost", since: lostSince });
  });
  client.on("error", (error) => {
    if (!REFUSALS.has((error as ErrorWithReasonCode).code)) return;
    client.removeAllListeners("close");
    client.end(true);
    listener.status({ phase: "refused", why: error.message });
  });
  return {
    end() {
      window.clearTimeout(settling);
      client.removeAllListeners("close");
      client.removeAllListeners("message");
      client.end(true);
    },
  };
}

/** What the page's login may hear, and what the supervisor's may besides. */
export const PAGE_TOPICS = ["state", "condition"]
  .map((one) => `deskcue/v1/+/+/+/${one}`)
  .concat("deskcue/v1/+/+/counts");
export const EVENT_TOPICS = ["deskcue/v1/+/+/+/event/+"];
