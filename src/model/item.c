/* Words that movies, shows, seasons and episodes share. */
#include "model/item.h"

const struct words item_type_words = WORDS("item_type", "movie", "show", "season", "episode");
const struct words word_kind_words =
    WORDS("word_kind", "genres", "directors", "writers", "studios", "countries", "tags");
const struct words item_lock_words =
    WORDS("item_lock", "title", "original_title", "sort_title", "year", "plot", "outline", "tagline",
          "content_rating", "release_date", "user_rating", "genres", "directors", "writers", "studios",
          "countries", "tags", "actors_order", "poster", "fanart", "clearlogo", "clearart", "banner",
          "thumb", "discart", "keyart", "landscape", "trailer", "status", "air_date");
const struct words identification_words =
    WORDS("identification_status", "unidentified", "identified", "enriched", "published");
