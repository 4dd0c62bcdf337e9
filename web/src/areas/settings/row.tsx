// One setting: its name and help at the left, its control at the right.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye, EyeOff, RotateCcw } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { ApiError } from "../../api/failure";
import { changeSetting, undoSettings } from "../../api/settings";
import type { ConfigConflict, Setting, SettingValue } from "../../api/types";
import { readable, t, type Word } from "../../i18n";
import { Badge, Button, IconButton, reason, type Tone } from "../../ui/basics";
import { Confirm } from "../../ui/dialog";
import { Switch } from "../../ui/switch";
import { say, sayFailure } from "../../ui/toast";

const safetyLook: Record<Setting["safety"], { tone: Tone; word: Word } | null> = {
  safe: null,
  requires_reload: { tone: "warn", word: "safety.reload" },
  affects_state: { tone: "danger", word: "safety.restart" },
};

function asText(setting: Setting, value: SettingValue): string {
  if (value === null || value === undefined) return "";
  if (setting.type === "list" && Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

function fromText(setting: Setting, text: string): SettingValue {
  if (text.trim() === "" && (setting.nullable || setting.default === null)) return null;
  if (setting.type === "integer" || setting.type === "number") {
    const value = Number(text.replace(",", "."));
    const wrong = text.trim() === "" || !Number.isFinite(value) || (setting.type === "integer" && !Number.isInteger(value));
    if (wrong) throw new Error(t(setting.type === "integer" ? "edit.wholeNumber" : "edit.number"));
    return value;
  }
  if (setting.type === "list") return text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (setting.type === "object") return JSON.parse(text || "{}") as SettingValue;
  return text;
}

function limits(setting: Setting): string {
  const { minimum, maximum } = setting;
  if (minimum !== undefined && maximum !== undefined) return t("settings.between", { minimum, maximum });
  if (minimum !== undefined) return t("settings.atLeast", { minimum });
  return maximum !== undefined ? t("settings.atMost", { maximum }) : "";
}

const same = (a: SettingValue, b: SettingValue) => JSON.stringify(a) === JSON.stringify(b);

export function SettingRow({ setting }: { setting: Setting }) {
  const client = useQueryClient();
  const id = useId();
  const stored = asText(setting, setting.value);
  const [text, setText] = useState(stored);
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState("");
  const [conflict, setConflict] = useState<{ value: SettingValue; conflict: ConfigConflict } | null>(null);
  useEffect(() => setText(stored), [stored]);

  const renew = () => void client.invalidateQueries({ queryKey: ["settings"] });
  const undo = () => undoSettings().then(() => { renew(); say(t("history.undone")); }, sayFailure);
  const save = useMutation({
    mutationFn: ({ value, force }: { value: SettingValue; force: boolean }) => changeSetting(setting.key, value, force),
    onSuccess: () => { setProblem(""); renew(); say(t("settings.saved", { name }), () => void undo()); },
    onError: (error, { value }) => {
      if (error instanceof ApiError && error.status === 409 && error.conflict) setConflict({ value, conflict: error.conflict });
      else setProblem(reason(error));
    },
  });
  const submit = (value: SettingValue) => save.mutate({ value, force: false });
  const commit = () => {
    try {
      submit(fromText(setting, text));
    } catch (error) {
      setProblem(error instanceof SyntaxError ? t("edit.json") : reason(error));
    }
  };
  const reset = () => { setText(stored); setProblem(""); };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") reset();
    if (event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement && !event.ctrlKey)) { event.preventDefault(); commit(); }
  };

  const name = readable(setting.key.split(".").slice(setting.key.startsWith(`${setting.group}.`) ? 1 : 0).join(" "));
  const fixed = setting.fixed ?? setting.source === "environment";
  const safety = safetyLook[setting.safety];
  const shared = { id, disabled: fixed || save.isPending, "aria-describedby": `${id}-help`, "aria-invalid": problem !== "" };
  const long = setting.type === "list" || setting.type === "object";
  const changed = text !== stored;

  const control = () => {
    if (setting.type === "boolean") return <span className="flex sm:justify-end"><Switch label={name} checked={setting.value === true} disabled={shared.disabled} onChange={submit} /></span>;
    if (setting.values && setting.values.length > 0) {
      return <select {...shared} value={stored} onChange={(event) => submit(event.target.value)} className="field text-sm">{[...new Set([...setting.values, stored])].map((one) => <option key={one} value={one}>{one}</option>)}</select>;
    }
    const editing = { ...shared, value: text, spellCheck: false, onKeyDown, onChange: (event: { target: { value: string } }) => { setText(event.target.value); setProblem(""); } };
    if (long) return <textarea {...editing} rows={Math.min(8, Math.max(2, text.split("\n").length))} className="field py-2 font-mono text-xs" />;
    return (
      <div className="relative">
        <input {...editing} type={setting.secret && !shown ? "password" : "text"} autoComplete="off" inputMode={setting.type === "integer" || setting.type === "number" ? "decimal" : undefined} className={`field text-sm ${setting.secret ? "pr-11" : ""} ${setting.type === "path" ? "font-mono" : ""}`} />
        {setting.secret && <IconButton label={t(shown ? "secret.hide" : "secret.show", { name })} icon={shown ? EyeOff : Eye} onClick={() => setShown(!shown)} className="absolute! top-0 right-0" />}
      </div>
    );
  };
  return (
    <div className="grid gap-x-8 gap-y-2 p-4 sm:grid-cols-[1fr_minmax(14rem,20rem)]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2">
          <label htmlFor={setting.type === "boolean" ? undefined : id} className="font-medium">{name}</label>
          {safety && <Badge tone={safety.tone}>{t(safety.word)}</Badge>}
          <Badge tone={setting.source === "default" ? "neutral" : "accent"}>{t(`source.${setting.source}`)}</Badge>
        </div>
        <p id={`${id}-help`} className="mt-1 text-sm text-dim">{[setting.help, limits(setting)].filter(Boolean).join(" ")}{fixed && <span className="block">{setting.source === "environment" ? t("settings.fixed", { name: setting.environment }) : t("settings.fixedAtStart")}</span>}</p>
        <code className="mt-1 block font-mono text-xs break-all text-faint">{setting.key}</code>
      </div>
      <div className="min-w-0">
        {control()}
        {problem && <p role="alert" className="mt-1 text-sm text-danger">{problem}</p>}
        <div className="mt-1 flex min-h-6 items-center gap-2 text-xs">
          {changed && setting.type !== "boolean"
            ? <><Button look="primary" onClick={commit} disabled={save.isPending}>{t("action.save")}</Button><Button look="quiet" onClick={reset}>{t("action.cancel")}</Button></>
            : !same(setting.value, setting.default) && !fixed && !setting.secret && (
              <button type="button" onClick={() => submit(setting.default)} className="flex min-h-8 min-w-0 items-center gap-1.5 text-faint hover:text-ink max-md:min-h-10">
                <RotateCcw size={13} aria-hidden="true" className="shrink-0" /><span className="truncate">{t("settings.toDefault", { value: asText(setting, setting.default) || t("edit.empty") })}</span>
              </button>
            )}
        </div>
      </div>
      {conflict && (
        <Confirm
          title={t("conflict.title")} confirm={t("conflict.confirm")} onClose={() => { setConflict(null); reset(); }} onConfirm={() => save.mutate({ value: conflict.value, force: true })}
          text={<><p>{t(setting.safety === "requires_reload" ? "conflict.reload" : "conflict.restart", { name })}</p><ul className="mt-2 list-disc pl-5 text-sm">{conflict.conflict.required_actions?.map((one) => <li key={one.action_type}>{one.description}</li>)}</ul></>}
        />
      )}
    </div>
  );
}
