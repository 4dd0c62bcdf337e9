// Dialogs on the browser's own <dialog>: focus stays inside, Escape closes, focus returns.

import { X } from "lucide-react";
import { useEffect, useId, useRef, type ReactNode } from "react";
import { t } from "../i18n";
import { Button, IconButton } from "./basics";

type DialogProps = { title: string; onClose: () => void; children: ReactNode; wide?: boolean; bare?: boolean };

export function Dialog({ title, onClose, children, wide = false, bare = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current!;
    const opener = document.activeElement as HTMLElement | null;
    if (!dialog.open) dialog.showModal();
    return () => {
      dialog.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);
  const closeOnBackdrop = (event: React.MouseEvent) => {
    if (event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref} aria-labelledby={titleId} onMouseDown={closeOnBackdrop}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      className={`max-h-[85dvh] w-[calc(100vw-2rem)] overflow-hidden rounded-2xl border border-line bg-surface text-ink shadow-float backdrop:bg-black/60 ${wide ? "max-w-3xl" : "max-w-md"} ${bare ? "mt-[12vh]" : ""} animate-rise`}
    >
      <div className="flex max-h-[85dvh] flex-col">
        <div className={bare ? "sr-only" : "flex items-center gap-2 border-b border-line py-2 pr-2 pl-5"}>
          <h2 id={titleId} className="flex-1 font-semibold">{title}</h2>
          {!bare && <IconButton label={t("action.close")} icon={X} onClick={onClose} />}
        </div>
        <div className={bare ? "flex min-h-0 flex-col" : "overflow-y-auto p-5"}>{children}</div>
      </div>
    </dialog>
  );
}

type ConfirmProps = { title: string; text: ReactNode; confirm: string; danger?: boolean; onConfirm: () => void; onClose: () => void };

export function Confirm({ title, text, confirm, danger = false, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-dim">{text}</div>
      <div className="mt-5 flex justify-end gap-2">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button look={danger ? "danger" : "primary"} onClick={() => { onConfirm(); onClose(); }}>{confirm}</Button>
      </div>
    </Dialog>
  );
}
