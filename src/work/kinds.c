/* The table of job kinds. */
#include "work/kinds.h"

extern const struct job_kind import_download_kind;
extern const struct job_kind download_youtube_kind;
extern const struct job_kind video_post_process_kind;
extern const struct job_kind backup_kind;
extern const struct job_kind import_organize_kind;
extern const struct job_kind import_nfo_generate_kind;
extern const struct job_kind import_spotify_kind;
extern const struct job_kind import_spotify_batch_kind;
extern const struct job_kind import_imvdb_artist_kind;
extern const struct job_kind import_add_single_kind;
extern const struct job_kind import_kind;
extern const struct job_kind metadata_enrich_kind;
extern const struct job_kind metadata_refresh_kind;
extern const struct job_kind import_nfo_kind;
extern const struct job_kind library_scan_kind;
extern const struct job_kind file_copy_kind;
extern const struct job_kind export_nfo_kind;
extern const struct job_kind file_duplicate_resolve_kind;
extern const struct job_kind file_organize_kind;
extern const struct job_kind file_recover_kind;
extern const struct job_kind trash_cleanup_kind;
extern const struct job_kind person_cleanup_kind;
extern const struct job_kind movie_folder_scan_kind;
extern const struct job_kind movie_scan_kind;
extern const struct job_kind prune_kind;
extern const struct job_kind sync_decades_kind;

const struct job_kind *const job_kinds[] = {
    &import_download_kind,
    &download_youtube_kind,
    &video_post_process_kind,
    &backup_kind,
    &import_organize_kind,
    &import_nfo_generate_kind,
    &import_spotify_kind,
    &import_spotify_batch_kind,
    &import_imvdb_artist_kind,
    &import_add_single_kind,
    &import_kind,
    &metadata_enrich_kind,
    &metadata_refresh_kind,
    &import_nfo_kind,
    &library_scan_kind,
    &file_copy_kind,
    &export_nfo_kind,
    &file_duplicate_resolve_kind,
    &file_organize_kind,
    &file_recover_kind,
    &trash_cleanup_kind,
    &person_cleanup_kind,
    &movie_folder_scan_kind,
    &movie_scan_kind,
    &prune_kind,
    &sync_decades_kind,
    NULL,
};
