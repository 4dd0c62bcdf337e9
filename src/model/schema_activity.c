/* The activity log, and which releases of an artist a person wants (document 001). */
#include "model/schema.h"

const char schema_activity_sql[] =
    "CREATE TABLE activity ("
    " id {id}, at {time} NOT NULL, type {text} NOT NULL, status {text} NOT NULL, details {json});"
    "CREATE INDEX activity_at ON activity (at DESC, id DESC);"
    "CREATE INDEX activity_type ON activity (type, status, at);"
    "CREATE TABLE artist_preference ("
    " artist_id {text} NOT NULL, release_id {text} NOT NULL, selected {bool} NOT NULL,"
    " PRIMARY KEY (artist_id, release_id));";
