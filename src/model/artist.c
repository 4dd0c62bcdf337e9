/* An artist's columns. */
#include "model/artist.h"

#define AF(kind_, member_, ...) F(struct artist, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(artist_shape, "ArtistRow", struct artist, "An artist", AF(T_INT, id), AF(T_TEXT, name),
      AF(T_TEXT, biography), AF(T_TEXT, image_url), AF(T_TEXT, imvdb_entity_id),
      AF(T_INT, discogs_artist_id), AF(T_TIME, created_at), AF(T_TIME, updated_at),
      AF(T_BOOL, is_deleted), AF(T_TIME, deleted_at), F(struct artist, T_INT, video_count));
