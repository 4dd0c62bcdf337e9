/* The table of settings. */
#include <string.h>

#include "core/settings.h"

#define SETTING(key_, type_, fallback_, min_, max_, words_, safety_, flags_, environment_, help_)  \
    {                                                                                              \
        .key = (key_), .type = SETTING_##type_, .fallback = (fallback_), .min = (min_),            \
        .max = (max_), .words = (words_), .safety = SETTING_##safety_, .flags = (flags_),          \
        .environment = (environment_), .help = (help_)                                             \
    },
const struct setting setting_rows[] = {
#include "core/settings.def"
};
#undef SETTING
const size_t setting_row_count = sizeof(setting_rows) / sizeof(setting_rows[0]);

const struct setting *setting_find(const char *key)
{
    for (size_t i = 0; i < setting_row_count; i++) {
        if (strcmp(setting_rows[i].key, key) == 0)
            return &setting_rows[i];
    }
    return NULL;
}
