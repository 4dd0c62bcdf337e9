// What became of each video of a change to many: how many worked, and of the others which and why.

import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { Link } from "react-router";
import type { BulkOutcome, Page, Video } from "../../api/types";
import { t, tCount } from "../../i18n";
import { Button } from "../../ui/basics";
import { Dialog } from "../../ui/dialog";

export type Outcome = { title: string; result: BulkOutcome };

const shownAtMost = 200;

/** The names of videos that some list on this page has already shown. */
function useNames(): (id: number) => string {
  const client = useQueryClient();
  const known = new Map<number, string>();
  for (const [, page] of client.getQueriesData<Page<Video>>({ queryKey: ["videos"] })) {
    for (const video of page?.items ?? []) known.set(video.id, [video.title, video.artist].filter(Boolean).join(" – "));
  }
  return (id) => known.get(id) || t("bulk.number", { id });
}

export function OutcomeDialog({ outcome: { title, result }, close }: { outcome: Outcome; close: () => void }) {
  const nameOf = useNames();
  return (
    <Dialog title={t("bulk.outcome")} onClose={close} wide>
      <div className="grid gap-4">
        {result.success_count > 0 && <p className="flex items-center gap-2"><CircleCheck size={18} aria-hidden="true" className="shrink-0 text-ok" />{title}</p>}
        {result.failed_count > 0 && (
          <section>
            <h3 className="mb-2 flex items-center gap-2 font-medium"><CircleX size={18} aria-hidden="true" className="shrink-0 text-danger" />{tCount("bulk.failed", result.failed_count)}</h3>
            <ul tabIndex={0} aria-label={tCount("bulk.failed", result.failed_count)} className="scroll-quiet max-h-[40dvh] divide-y divide-line overflow-y-auto rounded-lg border border-line text-sm">
              {result.failed_ids.slice(0, shownAtMost).map((id) => (
                <li key={id} className="px-3 py-2.5">
                  <Link to={`/app/videos/${id}`} className="font-medium hover:text-accent">{nameOf(id)}</Link>
                  <p className="break-words text-dim">{result.errors[String(id)] ?? t("bulk.noReason")}</p>
                </li>
              ))}
            </ul>
            <p className="mt-2 text-sm text-faint">{t("bulk.staySelected")}</p>
          </section>
        )}
        {result.file_errors.length > 0 && (
          <section>
            <h3 className="mb-2 font-medium">{t("bulk.fileErrors")}</h3>
            <ul className="grid gap-1 text-sm text-dim">{result.file_errors.slice(0, shownAtMost).map((text, index) => <li key={index} className="break-words">{text}</li>)}</ul>
          </section>
        )}
        <div className="flex justify-end"><Button look="primary" onClick={close}>{t("action.close")}</Button></div>
      </div>
    </Dialog>
  );
}
