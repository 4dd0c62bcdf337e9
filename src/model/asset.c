/* The shape of pictures. */
#include "model/asset.h"

const struct words asset_type_words = WORDS("asset_type", "poster", "fanart", "banner", "clearlogo", "clearart",
                                            "discart", "landscape", "keyart", "thumb");

#define AF(kind_, member_, ...) F(struct asset, kind_, member_, .column = #member_, ##__VA_ARGS__)
SHAPE(asset_shape, "Asset", struct asset, "A picture", AF(T_INT, id), AF(T_INT, item_type), AF(T_INT, item_id),
      AF(T_ENUM, type, .words = &asset_type_words), AF(T_INT, rank), AF(T_TEXT, hash), AF(T_INT, library_id),
      AF(T_TEXT, path), AF(T_TEXT, folder), AF(T_TEXT, name), AF(T_TEXT, base), AF(T_INT, season_number),
      AF(T_INT, number), AF(T_INT, file_size), AF(T_INT, width), AF(T_INT, height), AF(T_TEXT, format),
      AF(T_TEXT, perceptual_hash), AF(T_TEXT, difference_hash), AF(T_BOOL, has_alpha), AF(T_TEXT, source_type),
      AF(T_TEXT, source_url), AF(T_TEXT, provider), AF(T_INT, score), AF(T_BOOL, locked),
      AF(T_TIME, missing_since), AF(T_TIME, discovered_at));
