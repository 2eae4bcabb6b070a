/* Between the suite and the system: the functions of perfmodel.h, one line each. */
#include "../perfmodel.h"
#include "events.h"

#define SYSTEM ((struct events *)system)

int32_t pm_abi(void) { return PM_ABI; }

pm_system *pm_create(const struct pm_declaration *d) {
    return d->dialect <= PM_LINUX613 ? (pm_system *)events_new((enum dialect)d->dialect, d->handles, d->roots, d->tasks, d->cpus) : 0;
}

void pm_destroy(pm_system *system) { events_free(SYSTEM); }

int64_t pm_open(pm_system *system, const struct pm_attributes *a) {
    const struct wish wish = {
        .period = a->period, .leader = a->leader, .task = a->task, .cpu = a->cpu,
        .inherit = a->flags & PM_INHERIT, .enabled = a->flags & PM_ENABLED, .paused = a->flags & PM_START_PAUSED,
        .has_leader = a->flags & PM_HAS_LEADER, .aux = a->flags & PM_AUX, .pauses = a->flags & PM_PAUSES, .resumes = a->flags & PM_RESUMES,
    };
    return events_open(SYSTEM, &wish);
}

#define NAME ((struct name){event, task})

int64_t pm_close(pm_system *system, int64_t event) { return events_close(SYSTEM, event); }
int64_t pm_set_starter(pm_system *system, int64_t trigger, int64_t target) { return events_link(SYSTEM, true, trigger, target); }
int64_t pm_set_stopper(pm_system *system, int64_t trigger, int64_t target) { return events_link(SYSTEM, false, trigger, target); }
int64_t pm_enable(pm_system *system, int64_t event) { return events_enable(SYSTEM, event, true); }
int64_t pm_disable(pm_system *system, int64_t event) { return events_enable(SYSTEM, event, false); }
int64_t pm_schedule_in(pm_system *system, int64_t event, int32_t task) { return events_schedule(SYSTEM, NAME, true); }
int64_t pm_schedule_out(pm_system *system, int64_t event, int32_t task) { return events_schedule(SYSTEM, NAME, false); }
int64_t pm_throttle(pm_system *system, int64_t event, int32_t task) { return events_throttle(SYSTEM, NAME, true); }
int64_t pm_unthrottle(pm_system *system, int64_t event, int32_t task) { return events_throttle(SYSTEM, NAME, false); }
int64_t pm_tick(pm_system *system, int64_t event, int32_t task, int64_t amount) { return events_tick(SYSTEM, NAME, amount); }
int64_t pm_overflow(pm_system *system, int64_t event, int32_t task) { return events_overflow(SYSTEM, NAME); }
int64_t pm_count(pm_system *system, int64_t event, int32_t task) { return events_count(SYSTEM, NAME); }
int64_t pm_samples(pm_system *system, int64_t event, int32_t task) { return events_samples(SYSTEM, NAME); }
int64_t pm_state(pm_system *system, int64_t event, int32_t task) { return events_activity(SYSTEM, NAME); }
int64_t pm_paused(pm_system *system, int64_t event, int32_t task) { return events_paused(SYSTEM, NAME); }
int64_t pm_starter_of(pm_system *system, int64_t event, int32_t task, int32_t *owner_task) { return events_owner(SYSTEM, true, NAME, owner_task); }
int64_t pm_stopper_of(pm_system *system, int64_t event, int32_t task, int32_t *owner_task) { return events_owner(SYSTEM, false, NAME, owner_task); }
int64_t pm_fork(pm_system *system, int32_t task, int32_t child) { return events_fork(SYSTEM, task, child); }
int64_t pm_exit(pm_system *system, int32_t task) { return events_exit(SYSTEM, task); }
int64_t pm_total_count(pm_system *system, int64_t event) { return events_total(SYSTEM, event); }
