/*
 * A streaming parser for multipart/form-data (RFC 7578). Bytes go in as they arrive; files go straight
 * to temporary files, plain fields stay small and in memory. Nothing a client sends makes it use more
 * memory than the limits below. One thread at a time.
 */
#ifndef MEDLEY_HTTP_MULTIPART_H
#define MEDLEY_HTTP_MULTIPART_H

#include "base/arena.h"
#include "base/err.h"
#include "http/http.h"

#define MULTIPART_MAX_PARTS    256
#define MULTIPART_HEADER_BYTES (8 * 1024)
#define MULTIPART_FIELD_BYTES  (64 * 1024)
#define MULTIPART_FIELDS_BYTES (1024 * 1024) /* all plain fields together */
/* What a body may hold besides files: fields, part headers, preamble, epilogue. */
#define MULTIPART_OVERHEAD_BYTES (MULTIPART_FIELDS_BYTES + 512 * 1024)

struct multipart;

/* `content_type` is the request's header. ERR_INVALID "bad_multipart" without a usable boundary. Parts
 * and their texts live in `a`; files that were not taken are removed when it is finished. */
struct err multipart_create(struct arena *a, const char *content_type, const char *temp_dir,
                            int64_t max_upload, struct multipart **ret_multipart) MUST_CHECK;
/* ERR_INVALID "bad_multipart", ERR_TOO_LARGE "body_too_large", ERR_STORAGE. After a failure only
 * multipart_destroy() may follow. */
struct err multipart_feed(struct multipart *m, const char *data, size_t len) MUST_CHECK;
/* The body is complete: fails when the final boundary is missing. */
struct err multipart_end(struct multipart *m, const struct http_part **ret_parts,
                         size_t *ret_count) MUST_CHECK;
/* Closes an open file and frees buffers. NULL is fine. */
void multipart_destroy(struct multipart *m);

#endif
