/* A collection's columns. */
#include "model/collection.h"

#define CF(kind_, member_, ...) F(struct collection, kind_, member_, .column = #member_, __VA_ARGS__)
SHAPE(collection_shape, "CollectionRow", struct collection, "A collection of videos",
      CF(T_INT, id), CF(T_TEXT, name), CF(T_TEXT, description), CF(T_TIME, created_at),
      CF(T_TIME, updated_at), CF(T_BOOL, is_deleted), CF(T_TIME, deleted_at),
      F(struct collection, T_INT, video_count));
