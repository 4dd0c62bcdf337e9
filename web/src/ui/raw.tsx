import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { t } from "../i18n";
import { IconButton } from "./basics";
import { sayFailure } from "./toast";

export function CopyButton({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch (error) {
      sayFailure(error);
    }
  };
  return <IconButton label={t(done ? "action.copied" : "action.copy")} icon={done ? Check : Copy} onClick={() => void copy()} />;
}

/** The record exactly as the server tells it. */
export function Raw({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="relative">
      <div className="absolute top-2 right-2"><CopyButton text={text} /></div>
      <pre tabIndex={0} aria-label={t("tab.raw")} className="scroll-quiet max-h-[70dvh] overflow-auto rounded-xl border border-line bg-surface p-4 font-mono text-xs leading-relaxed text-dim">{text}</pre>
    </div>
  );
}
