import { useState } from "preact/hooks";
import type { Login } from "../model/connection.ts";
import type { Words } from "../words/words.ts";

interface Props {
  readonly who: "page" | "supervisor";
  readonly url: string;
  readonly trouble: string;
  readonly words: Words;
  onLogin(login: Login, stay: boolean): void;
  onCancel?(): void;
}

export function LoginForm({ who, url, trouble, words, onLogin, onCancel }: Props) {
  const [broker, setBroker] = useState(url);
  const [name, setName] = useState<string>(who);
  const [password, setPassword] = useState("");
  const [stay, setStay] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onLogin({ url: broker.trim(), name: name.trim(), password: password.trim() }, stay);
  };
  return (
    <form
      class="login"
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
      aria-label={words.login}
    >
      <h2>{who === "page" ? words.login : words.supervisor}</h2>
      <p>{words.loginAs[who]}</p>
      <label hidden={who !== "page"}>
        {words.broker}
        <input
          required
          type="text"
          pattern="wss?://.+"
          placeholder="wss://"
          value={broker}
          onInput={(event) => setBroker(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.name}
        <input
          required
          autocomplete="username"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {words.password}
        <input
          required
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
          ref={(input) => focusOnce(input)}
        />
      </label>
      {who === "page" && (
        <label class="tick">
          <input
            type="checkbox"
            checked={stay}
            onChange={(event) => setStay(event.currentTarget.checked)}
          />{" "}
          {words.stay}
        </label>
      )}
      {trouble && <p role="alert">{trouble}</p>}
      <footer>
        {onCancel && (
          <button type="button" onClick={onCancel}>
            {words.cancel}
          </button>
        )}
        <button type="submit" class="main">
          {words.login}
        </button>
      </footer>
    </form>
  );
}

const focused = new WeakSet<HTMLInputElement>();

function focusOnce(input: HTMLInputElement | null): void {
  if (!input || focused.has(input)) return;
  focused.add(input);
  input.focus();
}
