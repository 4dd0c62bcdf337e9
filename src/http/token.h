/* Unguessable ids for sockets and sessions: random bytes in URL-safe base64. Any thread. */
#ifndef MEDLEY_HTTP_TOKEN_H
#define MEDLEY_HTTP_TOKEN_H

/* 24 characters, 144 random bits. */
#define TOKEN_TEXT_BYTES 25

char *token_make(char text[TOKEN_TEXT_BYTES]);

#endif
