/* Document 001: music acquisition. Contract sections are named beside what implements them. */
#ifndef MEDLEY_API_HARMONY_HARMONY_H
#define MEDLEY_API_HARMONY_HARMONY_H

#include "api/common/call.h"

extern const struct api harmony_api;

/* errors.c: contract 1.5. */
void harmony_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes);

/* One outside service and the keys that it needs (contract 14). */
struct harmony_service {
    const char *name;
    const char *const *required; /* NULL-terminated: names as clients know them */
    const char *const *optional;
};
extern const struct harmony_service harmony_services[3];
/* True when every required key has a value. */
bool harmony_service_ready(struct call *call, const struct harmony_service *service);
/* The value behind a name such as "PLEX_TOKEN"; NULL: none. */
const char *harmony_value(struct call *call, const char *name);

#endif
