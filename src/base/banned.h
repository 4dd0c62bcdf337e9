/* Calls that are too easy to get wrong do not compile. Force-included into every file. */
#ifndef MEDLEY_BASE_BANNED_H
#define MEDLEY_BASE_BANNED_H

#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll gmtime localtime strncpy
#endif

#endif
