// Who sees what: the sign-in page, or the shell with one lazily loaded area per route.

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Navigate, Route, Routes } from "react-router";
import { live } from "./api/live";
import { onSessionChange, refreshSession, sessionState } from "./api/session";
import { LoginPage } from "./areas/login/login";
import { useLanguage } from "./i18n";
import { Shell } from "./shell/shell";
import { Failure, Skeleton } from "./ui/basics";
import { Toasts } from "./ui/toast";

const HomePage = lazy(() => import("./areas/home/home"));
const VideosPage = lazy(() => import("./areas/videos/library"));
const VideoPage = lazy(() => import("./areas/videos/detail"));
const CollectionsPage = lazy(() => import("./areas/collections/list"));
const CollectionPage = lazy(() => import("./areas/collections/detail"));
const MoviesPage = lazy(() => import("./areas/movies/grid"));
const MoviePage = lazy(() => import("./areas/movies/detail"));
const TvPage = lazy(() => import("./areas/tv/grid"));
const SeriesPage = lazy(() => import("./areas/tv/detail"));
const ScanPage = lazy(() => import("./areas/scan/wizard"));
const DownloadsPage = lazy(() => import("./areas/activity/downloads"));
const ActivityPage = lazy(() => import("./areas/activity/activity"));
const SettingsPage = lazy(() => import("./areas/settings/settings"));
const PeoplePage = lazy(() => import("./areas/people/people"));
const FilesPage = lazy(() => import("./areas/files/overview"));
const TrashPage = lazy(() => import("./areas/files/trash"));
const DuplicatesPage = lazy(() => import("./areas/files/duplicates"));
const CheckPage = lazy(() => import("./areas/files/check"));
const ExportsPage = lazy(() => import("./areas/files/exports"));
const BackupsPage = lazy(() => import("./areas/files/backups"));
const ImportPage = lazy(() => import("./areas/import/hub"));
const SearchImportPage = lazy(() => import("./areas/import/search"));
const PlaylistPage = lazy(() => import("./areas/import/playlist"));
const ArtistPage = lazy(() => import("./areas/import/artist"));
const PlannedPage = lazy(() => import("./areas/planned/planned"));

function Loading() {
  return (
    <div className="grid gap-4 pt-6" aria-hidden="true">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-64 w-full" />
    </div>
  );
}

function SignedIn() {
  const client = useQueryClient();
  useEffect(() => live.start(client), [client]);
  return (
    <Shell>
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/app" element={<HomePage />} />
          <Route path="/app/videos" element={<VideosPage />} />
          <Route path="/app/videos/collections" element={<CollectionsPage />} />
          <Route path="/app/videos/collections/:id" element={<CollectionPage />} />
          <Route path="/app/videos/:id" element={<VideoPage />} />
          <Route path="/app/movies" element={<MoviesPage />} />
          <Route path="/app/movies/:id" element={<MoviePage />} />
          <Route path="/app/tv" element={<TvPage />} />
          <Route path="/app/tv/:id" element={<SeriesPage />} />
          <Route path="/app/people" element={<PeoplePage />} />
          <Route path="/app/scan" element={<ScanPage />} />
          <Route path="/app/downloads" element={<DownloadsPage />} />
          <Route path="/app/activity" element={<ActivityPage />} />
          <Route path="/app/settings" element={<SettingsPage />} />
          <Route path="/app/files" element={<FilesPage />} />
          <Route path="/app/files/trash" element={<TrashPage />} />
          <Route path="/app/files/duplicates" element={<DuplicatesPage />} />
          <Route path="/app/files/check" element={<CheckPage />} />
          <Route path="/app/files/exports" element={<ExportsPage />} />
          <Route path="/app/files/backups" element={<BackupsPage />} />
          <Route path="/app/import" element={<ImportPage />} />
          <Route path="/app/import/search" element={<SearchImportPage />} />
          <Route path="/app/import/playlist" element={<PlaylistPage />} />
          <Route path="/app/import/artist" element={<ArtistPage />} />
          {["music", "scenes", "encodes"].map((area) => (
            <Route key={area} path={`/app/${area}`} element={<PlannedPage area={area} />} />
          ))}
          <Route path="*" element={<Navigate to="/app" replace />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

export function App() {
  const language = useLanguage();
  const session = useSyncExternalStore(onSessionChange, sessionState);
  const [failure, setFailure] = useState<unknown>(null);
  const client = useQueryClient();

  const begin = () => {
    setFailure(null);
    refreshSession().catch(setFailure);
  };
  useEffect(begin, []);
  useEffect(() => {
    if (session === "signed-out") client.clear();
  }, [session, client]);

  if (failure && session === "unknown") return <div className="grid h-full place-items-center"><Failure error={failure} retry={begin} /></div>;
  if (session === "unknown") return null;
  return (
    <div key={language} className="h-full">
      {session === "signed-in" ? <SignedIn /> : <LoginPage />}
      <Toasts />
    </div>
  );
}
