/* File associations as document 003 shows them (contract 3.6, 8.4). */
#ifndef MEDLEY_API_HAAS_LINKS_H
#define MEDLEY_API_HAAS_LINKS_H

#include "api/haas/catalog.h"
#include "domain/movies/media_link.h"

extern const struct shape haas_link_shape;

/* Answers with the associations that the filter finds. */
struct err haas_reply_links(struct call *call, const struct media_link_filter *filter) MUST_CHECK;

#endif
