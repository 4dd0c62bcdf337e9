/*
 * Addresses at IMVDb of videos whose number there is known and whose address is not (document 000,
 * POST /videos/backfill-imvdb-urls). One question per video; blocks.
 */
#ifndef MEDLEY_DOMAIN_INTAKE_IMVDB_URLS_H
#define MEDLEY_DOMAIN_INTAKE_IMVDB_URLS_H

#include "providers/provider.h"

struct imvdb_urls {
    int64_t found; /* that lack an address */
    int64_t updated;
    int64_t failed;
};
/* limit 0: all; video_id INT_NONE: every video. Videos in the trash are left alone. */
struct err imvdb_complete_urls(const struct asker *by, int64_t limit, int64_t video_id,
                               struct imvdb_urls *ret) MUST_CHECK;

#endif
