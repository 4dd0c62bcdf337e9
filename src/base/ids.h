/* Random identifiers and constant-time text helpers. Any thread. */
#ifndef MEDLEY_BASE_IDS_H
#define MEDLEY_BASE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_TEXT_BYTES 37

void random_bytes(void *to, size_t len);
uint64_t random_u64(void);
/* Version 4, lower case, with dashes. Returns `text`. */
char *uuid_make(char text[UUID_TEXT_BYTES]);
/* 8-4-4-4-12 hexadecimal digits, either case. */
bool uuid_valid(const char *text);
/* `to` holds 2*len+1 bytes. Returns `to`. */
char *hex_encode(const void *data, size_t len, char *to);

#endif
