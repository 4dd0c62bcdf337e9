/* Turns the bytes of an NFO file into clean UTF-8 for the XML parser. Private to src/media. */
#ifndef MEDLEY_MEDIA_NFO_TEXT_H
#define MEDLEY_MEDIA_NFO_TEXT_H

#include <stddef.h>

struct arena;

/* Byte order mark removed, UTF-16 and legacy encodings converted, control characters blanked, XML
 * declarations blanked (several files pasted together have several). NUL-terminated. */
char *nfo_decode(struct arena *a, const char *data, size_t len, size_t *ret_len);

#endif
