// The small parts everything is made of: buttons, chips, badges, bars, skeletons, empty and error states.

import { ArrowLeft, RotateCw, type LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "react-router";
import { ApiError } from "../api/failure";
import { t } from "../i18n";

type Look = "primary" | "plain" | "quiet" | "danger";
const looks: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover font-semibold",
  plain: "bg-raised text-ink hover:bg-hover border border-line",
  quiet: "text-dim hover:text-ink hover:bg-raised",
  danger: "bg-danger-fill text-white hover:brightness-110 font-semibold",
};
const buttonShape =
  "inline-flex min-h-10 items-center justify-center gap-2 rounded-lg px-3.5 text-sm whitespace-nowrap transition-colors duration-100 disabled:opacity-50 disabled:pointer-events-none";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; icon?: LucideIcon };

export function Button({ look = "plain", icon: Icon, className = "", children, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={`${buttonShape} ${looks[look]} ${className}`} {...rest}>
      {Icon && <Icon size={17} aria-hidden="true" />}
      {children}
    </button>
  );
}

export function IconButton({ label, icon: Icon, className = "", pressed, ...rest }: ButtonProps & { label: string; icon: LucideIcon; pressed?: boolean }) {
  return (
    <button
      type="button" aria-label={label} title={label} aria-pressed={pressed}
      className={`inline-grid size-10 shrink-0 place-items-center rounded-lg transition-colors duration-100 hover:bg-raised hover:text-ink disabled:opacity-40 ${pressed ? "bg-raised text-accent" : "text-dim"} ${className}`}
      {...rest}
    >
      <Icon size={19} aria-hidden="true" />
    </button>
  );
}

export function ButtonLink({ to, look = "plain", icon: Icon, children, className = "" }: { to: string; look?: Look; icon?: LucideIcon; children: ReactNode; className?: string }) {
  return (
    <Link to={to} className={`${buttonShape} ${looks[look]} ${className}`}>
      {Icon && <Icon size={17} aria-hidden="true" />}
      {children}
    </Link>
  );
}

/** The way up, above a page's head. */
export function BackLink({ to, children }: { to: string; children: ReactNode }) {
  return <Link to={to} className="-mb-4 -ml-1 inline-flex min-h-10 items-center gap-1.5 rounded-lg px-1 pt-3 text-sm text-dim hover:text-ink"><ArrowLeft size={15} aria-hidden="true" />{children}</Link>;
}

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger";
const tones: Record<Tone, string> = {
  neutral: "bg-raised text-dim",
  accent: "bg-accent-soft text-accent",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
};

export function Badge({ tone = "neutral", children, title }: { tone?: Tone; children: ReactNode; title?: string }) {
  return <span title={title} className={`inline-flex items-center gap-1 rounded-md px-2 py-0.5 text-xs font-medium whitespace-nowrap ${tones[tone]}`}>{children}</span>;
}

/** A bar that tells its value to everybody; null means that nobody knows yet. */
export function Bar({ value, label, tone = "accent" }: { value: number | null; label: string; tone?: "accent" | "ok" | "danger" }) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  const fill = { accent: "bg-accent", ok: "bg-ok", danger: "bg-danger" }[tone];
  return (
    <div role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} className="h-1.5 w-full overflow-hidden rounded-full bg-hover">
      {percent === undefined
        ? <div className={`h-full w-1/3 rounded-full ${fill} animate-sweep`} />
        : <div className={`h-full rounded-full ${fill} transition-[width] duration-150`} style={{ width: `${percent}%` }} />}
    </div>
  );
}

export function Skeleton({ className = "" }: { className?: string }) {
  return <div aria-hidden="true" className={`skeleton rounded-md ${className}`} />;
}

export function Empty({ icon: Icon, title, children, action }: { icon: LucideIcon; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-3 px-6 py-16 text-center">
      <span className="grid size-16 place-items-center rounded-2xl bg-accent-soft text-accent"><Icon size={30} aria-hidden="true" /></span>
      <h2 className="text-lg font-semibold">{title}</h2>
      {children && <div className="text-dim">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What went wrong, in words, with the way on. */
export function reason(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.isOffline) return t("error.offline");
    if (error.status === 501) return t("error.unfinished");
    if (error.status === 429) return t("error.tooMany", { seconds: error.retryAfterSeconds ?? 60 });
    return error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div role="alert" className="mx-auto my-8 flex max-w-lg flex-col items-center gap-3 rounded-xl border border-line bg-surface p-6 text-center">
      <h2 className="font-semibold">{t("error.title")}</h2>
      <p className="text-dim break-words">{reason(error)}</p>
      {retry && <Button icon={RotateCw} onClick={retry}>{t("action.tryAgain")}</Button>}
    </div>
  );
}

export function Card({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <div className={`rounded-xl border border-line bg-surface ${className}`}>{children}</div>;
}

export function PageHead({ title, children, note }: { title: string; children?: ReactNode; note?: ReactNode }) {
  return (
    <header className="flex min-h-19 flex-wrap items-center gap-x-4 gap-y-2 pt-5 pb-4 max-sm:gap-x-2.5">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {note && <span className="text-dim tabular-nums">{note}</span>}
      {children && <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className="inline-block min-w-6 rounded-md border border-line-strong bg-raised px-1.5 py-0.5 text-center font-sans text-xs text-ink">{children}</kbd>;
}
