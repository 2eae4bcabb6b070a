/* The C ABI of the conformance suite: `perfmodel run --subject native:./libmine.so` loads a library that exports these functions.
 *
 * A call answers 0 or more for Ok, and a negative errno of Linux for an error, as the kernel's calls do; below the errnos (-4095 … -1) stand two
 * answers that are no errors, and PM_SKIPPED. Handles are 0 or more, and the library's own affair (rule 1.2). An instance is a handle and a task: PM_OWN for the
 * event's own instance, or the task of a copy (SPEC.md, Values). Numbers of rules are those of SPEC.md.
 */
#ifndef PERFMODEL_H
#define PERFMODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header: pm_abi returns it. */
#define PM_ABI 1

/* Ok(ignored) of Tick and Overflow (4.2, 4.8), and Ok(none) of StarterOf and StopperOf (2.11). */
#define PM_IGNORED (-4096)
#define PM_NONE (-4097)

/* What is not implemented yet: it is skipped, and the rules that need it are reported as not run. */
#define PM_SKIPPED (-4098)

/* The task of an event's own instance. */
#define PM_OWN (-1)

enum pm_dialect { PM_PATCH2011, PM_AMENDED, PM_LINUX613 };
enum pm_state { PM_OFF, PM_INACTIVE, PM_ACTIVE, PM_ERROR };
enum pm_gate { PM_OPEN, PM_PAUSED };

/* What is fixed for the life of a system (9.4). */
struct pm_declaration {
    int32_t dialect, handles, roots, tasks, cpus;
};

/* What Open is asked for. `leader` counts if PM_HAS_LEADER is among the flags; the last three flags are Linux613's (8.10). */
struct pm_attributes {
    int64_t period, leader;
    int32_t task, cpu;
    uint32_t flags;
};
enum pm_flags {
    PM_INHERIT = 1, PM_ENABLED = 2, PM_START_PAUSED = 4, PM_HAS_LEADER = 8, PM_AUX = 16, PM_PAUSES = 32, PM_RESUMES = 64,
};

typedef struct pm_system pm_system;

/* Each is called before anything else is. */
int32_t pm_abi(void);

/* A system that nothing has been called on; NULL if the dialect is not offered (8.1). Destroyed when its program is over, and no call is under way. */
pm_system *pm_create(const struct pm_declaration *declaration);
void pm_destroy(pm_system *system);

/* User's calls. */
int64_t pm_open(pm_system *system, const struct pm_attributes *attributes); /* the handle */
int64_t pm_close(pm_system *system, int64_t event);
int64_t pm_set_starter(pm_system *system, int64_t trigger, int64_t target);
int64_t pm_set_stopper(pm_system *system, int64_t trigger, int64_t target);
int64_t pm_enable(pm_system *system, int64_t event);
int64_t pm_disable(pm_system *system, int64_t event);

/* Hardware calls. */
int64_t pm_schedule_in(pm_system *system, int64_t event, int32_t task);
int64_t pm_schedule_out(pm_system *system, int64_t event, int32_t task);
int64_t pm_throttle(pm_system *system, int64_t event, int32_t task);
int64_t pm_unthrottle(pm_system *system, int64_t event, int32_t task);
int64_t pm_tick(pm_system *system, int64_t event, int32_t task, int64_t amount); /* overflows delivered, or PM_IGNORED */
int64_t pm_overflow(pm_system *system, int64_t event, int32_t task);             /* 1, or PM_IGNORED */

/* Reads. */
int64_t pm_count(pm_system *system, int64_t event, int32_t task);
int64_t pm_samples(pm_system *system, int64_t event, int32_t task);
int64_t pm_state(pm_system *system, int64_t event, int32_t task);  /* enum pm_state */
int64_t pm_paused(pm_system *system, int64_t event, int32_t task); /* enum pm_gate */
int64_t pm_starter_of(pm_system *system, int64_t event, int32_t task, int32_t *owner_task); /* the owner's handle, or PM_NONE; its task, or PM_OWN */
int64_t pm_stopper_of(pm_system *system, int64_t event, int32_t task, int32_t *owner_task);

/* Profile +inheritance; a library without it may leave these three out. */
int64_t pm_fork(pm_system *system, int32_t task, int32_t child);
int64_t pm_exit(pm_system *system, int32_t task);
int64_t pm_total_count(pm_system *system, int64_t event);

/* A library may export pm_hook too, by which the suite stands before each access to shared memory: perfmodel_atomic.h defines it. */

#ifdef __cplusplus
}
#endif

#endif
