import { useState } from "react";
import { changePassword } from "../api/settings";
import { t } from "../i18n";
import { Button, reason } from "../ui/basics";
import { Dialog } from "../ui/dialog";
import { PasswordField } from "../ui/password-field";
import { say } from "../ui/toast";

export function ChangePassword({ close }: { close: () => void }) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState("");
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    changePassword(current, next).then(() => { say(t("password.changed")); close(); }, (error: unknown) => setProblem(reason(error)));
  };
  return (
    <Dialog title={t("password.change")} onClose={close}>
      <form onSubmit={submit} className="grid gap-4">
        <PasswordField label={t("password.current")} name="current-password" autoComplete="current-password" value={current} onChange={setCurrent} autoFocus />
        <PasswordField label={t("password.next")} name="new-password" autoComplete="new-password" value={next} onChange={setNext} hint={t("password.rule")} />
        {problem && <p role="alert" className="text-sm text-danger">{problem}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" disabled={!current || next.length < 8}>{t("password.change")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
