import { useEffect, useState } from "preact/hooks";
import { brokerUrl, firstLogin, keepLogin } from "../model/address.ts";
import type { Login } from "../model/connection.ts";
import { remember } from "../model/memory.ts";
import { age, WORDS } from "../words/words.ts";
import { Board } from "./Board.tsx";
import { LanguageButton } from "./LanguageButton.tsx";
import { LoginForm } from "./LoginForm.tsx";
import { useSettings } from "./useSettings.ts";
import { useEvents, useSite } from "./useSite.ts";

/** Without a touch for so long, single events are hidden again. */
const SUPERVISION_MS = 600_000;

/** Ask who it is, then show the floors. */
export function App() {
  const [settings, change] = useSettings();
  const [login, setLogin] = useState<Login | null>(firstLogin);
  const [supervisor, setSupervisor] = useState<Login | null>(null);
  const [asking, setAsking] = useState(false);
  const { site, status, redraw, version } = useSite(login);
  const supervising = useEvents(site, supervisor, redraw);
  const now = useClock();
  const words = WORDS[settings.language];

  useEffect(() => {
    document.documentElement.lang = settings.language === "zh" ? "zh-CN" : "en";
    document.documentElement.dataset.theme =
      settings.dark === null ? "" : settings.dark ? "dark" : "light";
  }, [settings.language, settings.dark]);
  useEffect(() => {
    if (status?.phase === "refused") keepLogin(null);
  }, [status]);
  useEffect(() => {
    if (supervising?.phase === "refused") setAsking(true);
  }, [supervising]);
  useIdle(supervisor !== null, SUPERVISION_MS, () => setSupervisor(null));

  const signIn = (made: Login, stay: boolean) => {
    remember("broker", made.url);
    keepLogin(stay ? made : null);
    setLogin(made);
  };
  const refused = status?.phase === "refused";
  if (!login || refused) {
    return (
      <main class="entrance">
        <LanguageButton settings={settings} change={change} />
        <LoginForm
          who="page"
          url={login?.url ?? brokerUrl()}
          trouble={refused ? words.refused : ""}
          words={words}
          onLogin={signIn}
        />
      </main>
    );
  }
  const seesEvents = supervisor !== null && supervising?.phase !== "refused";
  return (
    <>
      {status?.phase === "lost" && (
        <p class="banner" role="alert">
          {site.lastHeard === null
            ? words.unreachable
            : words.stale(age(now - site.lastHeard, words))}
        </p>
      )}
      <Board
        site={site}
        version={version}
        status={status}
        now={now}
        settings={settings}
        change={change}
        words={words}
        supervising={seesEvents}
        onSupervise={() => (seesEvents ? setSupervisor(null) : setAsking(true))}
        onSignOut={() => {
          keepLogin(null);
          setSupervisor(null);
          setLogin(null);
        }}
      />
      {asking && (
        <div class="veil">
          <LoginForm
            who="supervisor"
            url={login.url}
            trouble={supervising?.phase === "refused" ? words.refused : ""}
            words={words}
            onLogin={(made) => {
              setSupervisor(made);
              setAsking(false);
            }}
            onCancel={() => {
              setSupervisor(null);
              setAsking(false);
            }}
          />
        </div>
      )}
    </>
  );
}

/** Now, once a second. */
function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Call something once nobody has touched the page for a while. */
function useIdle(active: boolean, ms: number, then: () => void): void {
  useEffect(() => {
    if (!active) return;
    let timer = setTimeout(then, ms);
    const touched = () => {
      clearTimeout(timer);
      timer = setTimeout(then, ms);
    };
    const kinds = ["pointerdown", "keydown", "wheel"] as const;
    for (const kind of kinds) addEventListener(kind, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) removeEventListener(kind, touched);
    };
  }, [active]);
}
