/* Genre words and their buckets. */
#include "domain/intake/genre.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>

struct bucket {
    const char *name;
    const char *const *words; /* NULL-terminated; a blank stands for a blank, a hyphen or nothing */
};

/* clang-format off */
static const char *const metal[] = {"metal", "doom", "sludge", "stoner", "thrash", "death", "black", "grind",
    "metalcore", "deathcore", "nu metal", "power metal", "heavy metal", NULL};
static const char *const hip_hop[] = {"hip hop", "rap", "trap", "drill", "grime", "r&b", "rnb", "soul", "neo soul",
    "new jack", "g funk", "crunk", "boom bap", NULL};
static const char *const country[] = {"country", "outlaw", "bluegrass", "americana", "honky tonk", "nashville",
    "alt country", "texas country", "western", "folk country", NULL};
static const char *const pop[] = {"pop", "dance pop", "teen pop", "pop rock", "electropop", "synth pop", "indie pop",
    "k pop", "j pop", "chamber pop", "power pop", "art pop", "hyperpop", NULL};
static const char *const electronic[] = {"electronic", "edm", "house", "techno", "trance", "dubstep", "drum & bass",
    "drum and bass", "drum bass", "dnb", "jungle", "ambient", "idm", "breakbeat", "trip hop", "disco", "uk garage",
    "2 step", "bassline", "deep house", "progressive house", "hardstyle", "synthwave", "vaporwave", "future bass",
    "downtempo", "chillwave", NULL};
static const char *const rock[] = {"rock", "alternative", "indie", "grunge", "emo", "hard rock", "psychedelic",
    "post punk", "punk", "shoegaze", "classic", "prog", "progressive", "art rock", "garage rock", NULL};

/* In order of precedence. */
static const struct bucket buckets[] = {
    {"Metal", metal}, {"Hip Hop/R&B", hip_hop}, {"Country", country}, {"Pop", pop}, {"Electronic", electronic},
    {"Rock", rock},
};
/* clang-format on */

static bool is_word_part(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Where `word` ends when `text` begins with it; NULL: it does not. */
static const char *match_word(const char *text, const char *word)
{
    for (; *word; word++) {
        if (*word == ' ') {
            if (*text == ' ' || *text == '-')
                text++;
        } else if (tolower((unsigned char)*text++) != *word) {
            return NULL;
        }
    }
    return text;
}

static bool holds_word(const char *text, const char *word)
{
    for (const char *at = text; *at; at++) {
        bool starts = at == text || !is_word_part(at[-1]);
        const char *end = starts ? match_word(at, word) : NULL;
        if (end && !is_word_part(*end))
            return true;
    }
    return false;
}

#define BUCKET_COUNT (sizeof(buckets) / sizeof(buckets[0]))

/* BUCKET_COUNT: none fits. */
static size_t bucket_of(const char *genre)
{
    for (size_t i = 0; genre && i < BUCKET_COUNT; i++) {
        for (const char *const *word = buckets[i].words; *word; word++) {
            if (holds_word(genre, *word))
                return i;
        }
    }
    return BUCKET_COUNT;
}

const char *genre_bucket(const char *genre)
{
    size_t i = bucket_of(genre);
    return i < BUCKET_COUNT ? buckets[i].name : NULL;
}

const char *genre_vote(const char *const *genres, size_t count)
{
    size_t votes[BUCKET_COUNT + 1] = {0};
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        votes[bucket_of(genres[i])]++;
    for (size_t i = 1; i < BUCKET_COUNT; i++)
        best = votes[i] > votes[best] ? i : best;
    return votes[best] ? buckets[best].name : NULL;
}

const char *const *genre_buckets(void)
{
    static const char *const names[] = {"Metal", "Hip Hop/R&B", "Country", "Pop", "Electronic", "Rock", NULL};
    _Static_assert(sizeof(names) / sizeof(names[0]) == BUCKET_COUNT + 1, "a bucket has no name here");
    return names;
}
