/*
 * The builtin schedules: what the server does by itself, each a row that names the settings it follows. Called
 * at start and after every change of settings; does nothing when all is as it should be. Any thread.
 */
#ifndef MEDLEY_WORK_SCHEDULES_H
#define MEDLEY_WORK_SCHEDULES_H

#include "core/core.h"

void schedules_follow_settings(struct core *core);

#endif
