// Keys for other programs. The key itself is shown once, when it is made.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { addApiKey, apiKeys, deleteApiKey } from "../../api/settings";
import type { ApiKey } from "../../api/types";
import { t } from "../../i18n";
import { ago } from "../../lib/format";
import { Button, Card, IconButton, reason } from "../../ui/basics";
import { Confirm } from "../../ui/dialog";
import { CopyButton } from "../../ui/raw";
import { sayFailure } from "../../ui/toast";

export function AccessKeys() {
  const client = useQueryClient();
  const { data, error } = useQuery(apiKeys());
  const [name, setName] = useState("");
  const [asking, setAsking] = useState<ApiKey | null>(null);
  const renew = () => void client.invalidateQueries({ queryKey: ["api-keys"] });
  const add = useMutation({ mutationFn: () => addApiKey(name.trim()), onSuccess: () => { setName(""); renew(); }, onError: sayFailure });
  const remove = (key: ApiKey) => void deleteApiKey(key.id).then(renew, sayFailure);
  return (
    <section id="access-keys" aria-labelledby="access-keys-title" className="mb-8 scroll-mt-16">
      <h2 id="access-keys-title" className="mb-2 text-lg font-semibold">{t("apiKeys.title")}</h2>
      <Card className="divide-y divide-line">
        <form className="flex flex-wrap items-end gap-2 p-4" onSubmit={(event) => { event.preventDefault(); add.mutate(); }}>
          <p className="basis-full text-sm text-dim">{t("apiKeys.text")}</p>
          <label className="min-w-0 flex-1 basis-48 text-sm font-medium">{t("apiKeys.name")}<input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} className="field mt-1 font-normal" /></label>
          <Button icon={Plus} type="submit" disabled={!name.trim() || add.isPending}>{t("apiKeys.add")}</Button>
        </form>
        {add.data && (
          <div role="status" className="bg-accent-soft p-4 text-sm">
            <p>{t("apiKeys.once", { name: add.data.name })}</p>
            <p className="mt-1 flex items-center gap-1"><code className="min-w-0 flex-1 font-mono break-all">{add.data.key}</code><CopyButton text={add.data.key} /></p>
          </div>
        )}
        {error && <p className="p-4 text-sm text-dim">{reason(error)}</p>}
        {data?.map((key) => (
          <div key={key.id} className="flex items-center gap-3 py-2 pr-2 pl-4">
            <KeyRound size={17} aria-hidden="true" className="text-faint" />
            <span className="min-w-0 flex-1 break-words">{key.name}</span>
            <span className="text-sm text-faint">{t("apiKeys.used", { when: ago(key.last_used_at ?? null) })}</span>
            <IconButton label={t("apiKeys.delete", { name: key.name })} icon={Trash2} onClick={() => setAsking(key)} />
          </div>
        ))}
      </Card>
      {asking && <Confirm title={t("apiKeys.deleteTitle")} text={t("apiKeys.deleteText", { name: asking.name })} confirm={t("action.delete")} danger onClose={() => setAsking(null)} onConfirm={() => remove(asking)} />}
    </section>
  );
}
