/* People, and what they did in movies, shows and episodes. */
#ifndef MEDLEY_MODEL_PERSON_H
#define MEDLEY_MODEL_PERSON_H

#include "model/item.h"

enum gender { GENDER_UNKNOWN, GENDER_FEMALE, GENDER_MALE, GENDER_NONBINARY };

struct person {
    int64_t id;
    const char *name;
    const char *name_fold; /* fold_match_key of the name */
    int64_t tmdb_id;
    const char *imdb_id;
    const char *biography;
    const char *birthday; /* date */
    const char *deathday;
    int64_t gender; /* enum gender */
    const char *place_of_birth;
    double popularity;
    const char *profile_path; /* TMDb picture */
    int64_t created_at;
    int64_t updated_at;
    int64_t refreshed_at; /* when TMDb was asked last; TIME_NONE: never */
};
extern const struct shape person_shape;
enum person_field {
    PERSON_FIELD_id,
    PERSON_FIELD_name,
    PERSON_FIELD_name_fold,
    PERSON_FIELD_tmdb_id,
    PERSON_FIELD_imdb_id,
    PERSON_FIELD_biography,
    PERSON_FIELD_birthday,
    PERSON_FIELD_deathday,
    PERSON_FIELD_gender,
    PERSON_FIELD_place_of_birth,
    PERSON_FIELD_popularity,
    PERSON_FIELD_profile_path,
    PERSON_FIELD_created_at,
    PERSON_FIELD_updated_at,
    PERSON_FIELD_refreshed_at,
};

enum credit_kind { CREDIT_CAST, CREDIT_CREW, CREDIT_KIND_COUNT };

struct credit {
    int64_t id;
    int64_t item_type; /* enum item_type */
    int64_t item_id;
    int64_t kind; /* enum credit_kind; guests are the cast of an episode */
    int64_t person_id;
    int64_t position; /* billing order */
    const char *role; /* character */
    const char *job;  /* crew: "Director" */
    const char *department;
    int8_t role_locked;
    int8_t removed; /* taken out by hand: stays out */
    /* of the person, filled by reading */
    const char *name;
    int64_t tmdb_id;
    const char *profile_path;
};
extern const struct shape credit_shape; /* the columns of table credit */

#endif
