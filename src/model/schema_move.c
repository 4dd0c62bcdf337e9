/* Files of music videos on their way: what was begun, and where trashed files came from. */
#include "model/schema.h"

const char schema_move_sql[] =
    /* Written before a file is touched, gone when its row says so (domain/organize/move.h). One move per
     * video and per target at a time. */
    "CREATE TABLE file_move ("
    " id {id}, video_id {int} NOT NULL UNIQUE REFERENCES video(id) ON DELETE CASCADE, kind {int} NOT NULL,"
    " from_path {text} NOT NULL, to_path {text} NOT NULL UNIQUE, from_nfo {text}, to_nfo {text},"
    " checksum {text}, size {int}, who {text}, arrived {bool} NOT NULL DEFAULT 0, owner {text} NOT NULL,"
    " lease_until {time} NOT NULL, created_at {time} NOT NULL);"
    "CREATE TABLE file_trash ("
    " video_id {int} PRIMARY KEY REFERENCES video(id) ON DELETE CASCADE, video_path {text} NOT NULL,"
    " nfo_path {text});";
