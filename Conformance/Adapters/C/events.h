/* Starter and stopper events in C11, from SPEC.md: a system is one pointer to a state that nobody changes, and a call that changes something puts another in
 * its place with a compare-exchange. No lock: a call that comes too late begins again, and then another call has come to its end (lock-free). */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stdint.h>

enum dialect { PATCH2011, AMENDED, LINUX613 };
enum activity { OFF, INACTIVE, ACTIVE, ERROR };
enum { OWN = -1, IGNORED = -4096, NONE = -4097 };

/* An instance's name: the handle of its event, and the task of a copy or OWN. Handle 0 is nobody's. */
struct name {
    int64_t handle;
    int32_t task;
};

struct wish {
    int64_t period, leader;
    int32_t task, cpu;
    bool inherit, enabled, paused, has_leader, aux, pauses, resumes;
};

struct events;

struct events *events_new(enum dialect dialect, int handles, int roots, int tasks, int cpus);
void events_free(struct events *events);

/* Each answers 0 or more, a negative errno, IGNORED or NONE. */
int64_t events_open(struct events *events, const struct wish *wish);
int64_t events_close(struct events *events, int64_t event);
int64_t events_link(struct events *events, bool starter, int64_t trigger, int64_t target);
int64_t events_enable(struct events *events, int64_t event, bool on);
int64_t events_schedule(struct events *events, struct name name, bool on);
int64_t events_throttle(struct events *events, struct name name, bool on);
int64_t events_tick(struct events *events, struct name name, int64_t amount);
int64_t events_overflow(struct events *events, struct name name);
int64_t events_fork(struct events *events, int32_t task, int32_t child);
int64_t events_exit(struct events *events, int32_t task);

int64_t events_count(struct events *events, struct name name);
int64_t events_samples(struct events *events, struct name name);
int64_t events_activity(struct events *events, struct name name);
int64_t events_paused(struct events *events, struct name name);
int64_t events_owner(struct events *events, bool starter, struct name name, int32_t *owner_task);
int64_t events_total(struct events *events, int64_t event);

#endif
