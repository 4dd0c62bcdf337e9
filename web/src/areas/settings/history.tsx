import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Redo2, Undo2 } from "lucide-react";
import { configHistory, redoSettings, undoSettings } from "../../api/settings";
import { t } from "../../i18n";
import { ago, dateTime } from "../../lib/format";
import { Badge, Button, Failure, Skeleton } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";
import { say, sayFailure } from "../../ui/toast";

export function HistoryDialog({ close }: { close: () => void }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(configHistory());
  const renew = () => client.invalidateQueries({ queryKey: ["settings"] });
  const undo = useMutation({ mutationFn: undoSettings, onSuccess: () => { void renew(); say(t("history.undone")); }, onError: sayFailure });
  const redo = useMutation({ mutationFn: redoSettings, onSuccess: () => { void renew(); say(t("history.redone")); }, onError: sayFailure });
  return (
    <Dialog title={t("history.title")} onClose={close} wide>
      <div className="mb-4 flex gap-2">
        <Button icon={Undo2} disabled={!data?.can_undo || undo.isPending} onClick={() => undo.mutate()}>{t("action.undo")}</Button>
        <Button icon={Redo2} disabled={!data?.can_redo || redo.isPending} onClick={() => redo.mutate()}>{t("action.redo")}</Button>
      </div>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-40" />}
      <ol className="divide-y divide-line">
        {data?.entries.map((entry, index) => (
          <li key={`${entry.timestamp}-${index}`} aria-current={entry.is_current || undefined} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5 text-sm">
            <span className={`min-w-0 flex-1 basis-52 break-words ${entry.is_current ? "font-medium" : "text-dim"}`}>{entry.description}</span>
            {entry.is_current && <Badge tone="accent">{t("history.current")}</Badge>}
            <time dateTime={entry.timestamp} title={dateTime(entry.timestamp)} className="text-faint">{ago(entry.timestamp)}</time>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
