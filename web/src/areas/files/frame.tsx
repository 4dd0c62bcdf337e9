// The head of every page about files: what there is, as links.

import { useEffect, useRef, type ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { t, type Word } from "../../i18n";
import { PageHead } from "../../ui/basics";

const pages: { path: string; word: Word }[] = [
  { path: "/app/files", word: "files.overview" }, { path: "/app/files/trash", word: "trash.title" }, { path: "/app/files/duplicates", word: "duplicates.title" },
  { path: "/app/files/check", word: "verify.title" }, { path: "/app/files/exports", word: "exports.title" }, { path: "/app/files/backups", word: "backups.title" },
];

export function FilesFrame({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  const { pathname } = useLocation();
  const strip = useRef<HTMLElement>(null);
  const here = pages.find((page) => page.path === pathname) ?? pages[0]!;
  useEffect(() => {
    const current = strip.current!.querySelector<HTMLElement>("[aria-current]");
    if (current) strip.current!.scrollLeft = current.offsetLeft - (strip.current!.clientWidth - current.offsetWidth) / 2;
    document.title = `${t(here.word)} · Medley`;
  }, [here]);
  return (
    <div className="mx-auto max-w-6xl">
      <PageHead title={here.path === "/app/files" ? t("nav.files") : t(here.word)}>{actions}</PageHead>
      <nav ref={strip} aria-label={t("files.pages")} className="scroll-quiet relative mb-5 flex gap-1 overflow-x-auto border-b border-line">
        {pages.map((page) => (
          <Link key={page.path} to={page.path} aria-current={page === here ? "page" : undefined}
            className={`-mb-px flex min-h-11 shrink-0 items-center border-b-2 px-3.5 text-sm font-medium ${page === here ? "border-accent text-ink" : "border-transparent text-dim hover:text-ink"}`}>
            {t(page.word)}
          </Link>
        ))}
      </nav>
      {children}
    </div>
  );
}
