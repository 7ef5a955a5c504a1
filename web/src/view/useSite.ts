import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  EVENT_TOPICS,
  type Listener,
  type Login,
  open,
  PAGE_TOPICS,
  type Status,
} from "../model/connection.ts";
import { parse } from "../model/parse.ts";
import { Site } from "../model/site.ts";

/** However many messages come, the page is drawn anew only so often. */
const PAUSE_MS = 150;

/** The site, drawn anew as messages come. */
export function useSite(login: Login | null): {
  site: Site;
  status: Status | null;
  redraw: () => void;
  version: number;
} {
  const site = useMemo(() => new Site(), [login]);
  const [version, setVersion] = useState(0);
  const [status, setStatus] = useState<Status | null>(null);
  const waits = useRef(false);
  const redraw = () => {
    if (waits.current) return;
    waits.current = true;
    setTimeout(() => {
      waits.current = false;
      setVersion((old) => old + 1);
    }, PAUSE_MS);
  };
  useEffect(() => {
    if (!login) return setStatus(null);
    const line = open(login, PAGE_TOPICS, listener(site, redraw, setStatus));
    return () => line.end();
  }, [login]);
  return { site, status, redraw, version };
}

/** Single events, for as long as somebody is signed in to see them. */
export function useEvents(site: Site, login: Login | null, redraw: () => void): Status | null {
  const [status, setStatus] = useState<Status | null>(null);
  useEffect(() => {
    if (!login) return setStatus(null);
    const all = listener(site, redraw, setStatus);
    const line = open(login, EVENT_TOPICS, { ...all, begin: redraw, settled: redraw });
    return () => {
      line.end();
      site.forgetEvents();
      redraw();
    };
  }, [site, login]);
  return status;
}

function listener(site: Site, redraw: () => void, status: (status: Status) => void): Listener {
  return {
    status,
    begin() {
      site.begin();
      redraw();
    },
    settled() {
      site.sweep();
      redraw();
    },
    message(topic, payload, kept) {
      site.take(parse(topic, payload), kept, Date.now());
      redraw();
    },
  };
}
