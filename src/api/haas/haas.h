/* Document 003: files, background tasks, catalog. Contract sections are named beside what implements them. */
#ifndef MEDLEY_API_HAAS_HAAS_H
#define MEDLEY_API_HAAS_HAAS_H

#include "api/common/call.h"

extern const struct api haas_api;

/* errors.c: section 1.4. */
void haas_write_error(struct call *call, const struct err *e, const struct mistakes *mistakes);

/* {"operationId", "OperationId"}, and a message where the document's server sends one. */
struct operation {
    const char *id;
    const char *message;
};
extern const struct shape haas_operation_shape;

#endif
