// Signing in, and the first sign-in, which asks for an own password before anything else.

import { useState } from "react";
import { login, setInitialPassword } from "../../api/session";
import { currentLanguage, languages, setLanguage, t, type Language } from "../../i18n";
import { Button, reason } from "../../ui/basics";
import { PasswordField } from "../../ui/password-field";

function useForm(action: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await action();
    } catch (error) {
      setProblem(reason(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, setProblem, submit };
}

function SignIn({ name, setName, password, setPassword, mustChange }: {
  name: string; setName: (value: string) => void; password: string; setPassword: (value: string) => void; mustChange: () => void;
}) {
  const form = useForm(async () => {
    if ((await login(name.trim(), password)) === "must-change-password") mustChange();
  });
  return (
    <form onSubmit={(event) => void form.submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-xl font-semibold">{t("login.title")}</h1>
        <p className="mt-1 text-sm text-dim">{t("login.hint")}</p>
      </div>
      <div>
        <label htmlFor="username" className="mb-1 block text-sm font-medium">{t("login.username")}</label>
        <input id="username" name="username" autoComplete="username" autoCapitalize="none" autoFocus required value={name} onChange={(event) => setName(event.target.value)} className="field" />
      </div>
      <PasswordField label={t("login.password")} name="password" autoComplete="current-password" value={password} onChange={setPassword} />
      {form.problem && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">{form.problem}</p>}
      <Button look="primary" type="submit" disabled={form.busy || !name || !password} className="w-full">{t("login.submit")}</Button>
    </form>
  );
}

function FirstPassword({ name, current }: { name: string; current: string }) {
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const form = useForm(async () => {
    if (next !== again) return form.setProblem(t("password.differ"));
    await setInitialPassword(name.trim(), current, next);
  });
  return (
    <form onSubmit={(event) => void form.submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-xl font-semibold">{t("login.firstTitle")}</h1>
        <p className="mt-1 text-sm text-dim">{t("login.firstText", { name })}</p>
      </div>
      <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
      <PasswordField label={t("password.next")} name="new-password" autoComplete="new-password" value={next} onChange={setNext} hint={t("password.rule")} autoFocus />
      <PasswordField label={t("password.again")} name="repeat-password" autoComplete="new-password" value={again} onChange={setAgain} />
      {form.problem && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">{form.problem}</p>}
      <Button look="primary" type="submit" disabled={form.busy || next.length < 8 || again === ""} className="w-full">{t("login.firstSubmit")}</Button>
    </form>
  );
}

export function LoginPage() {
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [first, setFirst] = useState(false);
  return (
    <main className="grid h-full place-items-center overflow-y-auto bg-bg p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-3 text-2xl font-semibold tracking-tight">
          <svg viewBox="0 0 32 32" className="size-10" aria-hidden="true">
            <rect width="32" height="32" rx="9" className="fill-accent-soft" />
            <path d="M7 22V11l6 7 6-9v13" fill="none" className="stroke-accent" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" />
            <circle cx="24" cy="21" r="2.5" className="fill-ink" />
          </svg>
          Medley
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-float">
          {first
            ? <FirstPassword name={name} current={password} />
            : <SignIn name={name} setName={setName} password={password} setPassword={setPassword} mustChange={() => setFirst(true)} />}
        </div>
        <div className="mt-4 flex justify-center gap-1">
          {(Object.keys(languages) as Language[]).map((one) => (
            <button key={one} type="button" lang={one} aria-pressed={one === currentLanguage()} onClick={() => void setLanguage(one)}
              className={`min-h-10 rounded-lg px-3 text-sm ${one === currentLanguage() ? "text-ink" : "text-faint hover:text-ink"}`}>
              {languages[one]}
            </button>
          ))}
        </div>
      </div>
    </main>
  );
}
