/* Libraries as document 003 spells them. */
#ifndef MEDLEY_API_HAAS_LIBRARIES_H
#define MEDLEY_API_HAAS_LIBRARIES_H

#include "api/haas/haas.h"
#include "domain/library/library.h"

extern const struct words haas_library_types;
enum library_type { TYPE_MOVIES = 1, TYPE_TV_SHOWS };

/* The first 24 hexadecimal digits of the UUID: what the document's server makes looks like that. */
const char *haas_library_id(struct arena *a, const char *uuid);
/* Movie and TV libraries only: others do not exist here. ERR_NOT_FOUND "library_not_found". */
struct err haas_library_find(struct call *call, struct db_conn *conn, const char *id,
                             struct library *ret_library) MUST_CHECK;
/* Movie and TV libraries, by name. */
struct err haas_libraries(struct db_conn *conn, struct arena *a, struct library_list *ret_list) MUST_CHECK;
/* TYPE_MOVIES, TYPE_TV_SHOWS, or 0 for what this API does not show. */
int haas_library_type(const struct library *library);

#endif
