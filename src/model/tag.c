/* A tag's columns. */
#include "model/tag.h"

#define TF(kind_, member_, ...)                                                                    \
    F(struct tag, kind_, member_, .column = #member_, .flags = FIELD_REQUIRED, __VA_ARGS__)
SHAPE(tag_shape, "TagRow", struct tag, "A tag", TF(T_INT, id), TF(T_TEXT, name),
      TF(T_TEXT, normalized_name), TF(T_TIME, created_at), TF(T_INT, usage_count));
