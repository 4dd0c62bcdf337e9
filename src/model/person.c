/* The shapes of people and credits. */
#include "model/person.h"

#define PF(kind_, member_) F(struct person, kind_, member_, .column = #member_)
SHAPE(person_shape, "Person", struct person, "A person", PF(T_INT, id), PF(T_TEXT, name), PF(T_TEXT, name_fold),
      PF(T_INT, tmdb_id), PF(T_TEXT, imdb_id), PF(T_TEXT, biography), PF(T_TEXT, birthday), PF(T_TEXT, deathday),
      PF(T_INT, gender), PF(T_TEXT, place_of_birth), PF(T_REAL, popularity), PF(T_TEXT, profile_path),
      PF(T_TIME, created_at), PF(T_TIME, updated_at), PF(T_TIME, refreshed_at));

#define CF(kind_, member_) F(struct credit, kind_, member_, .column = #member_)
SHAPE(credit_shape, "Credit", struct credit, "What a person did", CF(T_INT, id), CF(T_INT, item_type),
      CF(T_INT, item_id), CF(T_INT, kind), CF(T_INT, person_id), CF(T_INT, position), CF(T_TEXT, role),
      CF(T_TEXT, job), CF(T_TEXT, department), CF(T_BOOL, role_locked), CF(T_BOOL, removed),
      F(struct credit, T_TEXT, name), F(struct credit, T_INT, tmdb_id), F(struct credit, T_TEXT, profile_path));
