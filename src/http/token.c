/* Unguessable ids. */
#include "http/token.h"

#include <stdint.h>

#include "base/ids.h"

char *token_make(char text[TOKEN_TEXT_BYTES])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[TOKEN_TEXT_BYTES - 1];
    random_bytes(bytes, sizeof(bytes));
    for (unsigned i = 0; i < sizeof(bytes); i++)
        text[i] = digits[bytes[i] & 63];
    text[sizeof(bytes)] = 0;
    return text;
}
