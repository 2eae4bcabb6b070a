/* The functions of perfmodel.h, to be written: each answers that it is skipped. SPEC.md says what they are to do, IMPLEMENTING.md in which order. */
#include "perfmodel.h"
#include <stdlib.h>

/* Handles start at 1, for instance; access shared state through the macros of perfmodel_atomic.h, to have each schedule explored. */
struct pm_system {
    struct pm_declaration declaration;
};

int32_t pm_abi(void) { return PM_ABI; }

/* Return NULL for a dialect that you do not offer. */
pm_system *pm_create(const struct pm_declaration *declaration) {
    pm_system *system = malloc(sizeof *system);
    if (!system) abort();
    system->declaration = *declaration;
    return system;
}

void pm_destroy(pm_system *system) { free(system); }

#define NOT_YET(...) { __VA_ARGS__; return PM_SKIPPED; }
#define UNUSED2(a, b) (void)(a), (void)(b)
#define UNUSED3(a, b, c) (void)(a), (void)(b), (void)(c)

int64_t pm_open(pm_system *s, const struct pm_attributes *attributes) NOT_YET(UNUSED2(s, attributes))
int64_t pm_close(pm_system *s, int64_t e) NOT_YET(UNUSED2(s, e))
int64_t pm_set_starter(pm_system *s, int64_t trigger, int64_t target) NOT_YET(UNUSED3(s, trigger, target))
int64_t pm_set_stopper(pm_system *s, int64_t trigger, int64_t target) NOT_YET(UNUSED3(s, trigger, target))
int64_t pm_enable(pm_system *s, int64_t e) NOT_YET(UNUSED2(s, e))
int64_t pm_disable(pm_system *s, int64_t e) NOT_YET(UNUSED2(s, e))
int64_t pm_schedule_in(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_schedule_out(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_throttle(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_unthrottle(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_tick(pm_system *s, int64_t e, int32_t task, int64_t amount) NOT_YET(UNUSED3(s, e, task), (void)amount)
int64_t pm_overflow(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_count(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_samples(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_state(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_paused(pm_system *s, int64_t e, int32_t task) NOT_YET(UNUSED3(s, e, task))
int64_t pm_starter_of(pm_system *s, int64_t e, int32_t task, int32_t *owner_task) NOT_YET(UNUSED3(s, e, task), (void)owner_task)
int64_t pm_stopper_of(pm_system *s, int64_t e, int32_t task, int32_t *owner_task) NOT_YET(UNUSED3(s, e, task), (void)owner_task)
int64_t pm_fork(pm_system *s, int32_t task, int32_t child) NOT_YET(UNUSED3(s, task, child))
int64_t pm_exit(pm_system *s, int32_t task) NOT_YET(UNUSED2(s, task))
int64_t pm_total_count(pm_system *s, int64_t e) NOT_YET(UNUSED2(s, e))
