/* Rows of `file_move`: who is moving what. See move.h. */
#ifndef MEDLEY_DOMAIN_ORGANIZE_INTENT_H
#define MEDLEY_DOMAIN_ORGANIZE_INTENT_H

#include "domain/organize/move.h"

/* Written and committed; the move is ours until intent_leave(). Settles stale intents in the way first. */
struct err intent_enter(struct core *core, struct arena *a, struct file_move *move) MUST_CHECK;
/* Not ours any more (the row may stay for a later repair). */
void intent_leave(const struct file_move *move);
/* Renews the lease when it is time to. Cheap. */
void intent_beat(struct core *core, const struct file_move *move);

struct err intent_set_checksum(struct core *core, const struct file_move *move) MUST_CHECK;
struct err intent_mark_arrived(struct db_conn *tx, int64_t id) MUST_CHECK;
struct err intent_drop(struct db_conn *tx, int64_t id) MUST_CHECK;
/* The same in a transaction of its own. */
struct err intent_drop_now(struct core *core, int64_t id) MUST_CHECK;
/* Whether the transaction that settles it was kept: after a commit that failed in between. */
struct err intent_is_settled(struct core *core, int64_t id, bool *ret_settled) MUST_CHECK;

struct intents {
    VEC(struct file_move)
};
/* Those that no living process works on; taken over by this one (intent_leave() each). */
struct err intents_take_stale(struct core *core, struct arena *a, struct intents *ret_list) MUST_CHECK;
/* The repair of one; in move.c. */
struct err move_settle(struct core *core, struct arena *a, const struct file_move *move) MUST_CHECK;

#endif
