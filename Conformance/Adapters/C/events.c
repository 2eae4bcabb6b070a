/* The system itself. Each operation is a function of a private copy of the state; change() publishes what it made of it, in one step (7.1). */
#define PM_DEFINE_HOOK
#include "events.h"
#include "../perfmodel_atomic.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COUNT ((INT64_C(1) << 53) - 1)
#define MAX_AMOUNT ((INT64_C(1) << 32) - 1)

struct instance {
    struct name name, starter, stopper, leader;
    struct wish wish;
    bool enabled, scheduled, throttled, paused, failed;
    int64_t count, samples, left; /* what dead copies left (6.9) */
};

enum task { UNUSED, RUNS, EXITED };

struct state {
    struct state *retired; /* of those that were replaced, the next */
    int64_t issued;
    int live;
    uint8_t *tasks;
    struct instance at[];
};

struct events {
    enum dialect dialect;
    int handles, roots, tasks, cpus;
    _Atomic(struct state *) state;
    /* Replaced states, which calls inside may still read. No answer depends on these two, so the suite need not stand before them. */
    _Atomic(struct state *) retired;
    atomic_int inside; /* calls that have begun and not ended */
};

static struct state *allocate(const struct events *e, int room) {
    struct state *s = malloc(sizeof *s + (size_t)room * sizeof(struct instance) + (size_t)e->tasks);
    if (!s) abort();
    s->tasks = (uint8_t *)&s->at[room];
    return s;
}

static struct state *copy_of(const struct events *e, const struct state *old, int more) {
    struct state *s = allocate(e, old->live + more);
    s->issued = old->issued;
    s->live = old->live;
    memcpy(s->at, old->at, (size_t)old->live * sizeof(struct instance));
    memcpy(s->tasks, old->tasks, (size_t)e->tasks);
    return s;
}

static bool same(struct name a, struct name b) { return a.handle == b.handle && a.task == b.task; }

static struct instance *find(struct state *s, struct name name) {
    for (int i = 0; i < s->live && name.handle > 0; i++)
        if (same(s->at[i].name, name)) return &s->at[i];
    return NULL;
}

static struct instance *own(struct state *s, int64_t handle) { return find(s, (struct name){handle, OWN}); }

static enum activity activity(const struct instance *i) {
    return i->failed ? ERROR : !i->enabled ? OFF : i->scheduled ? ACTIVE : INACTIVE;
}

static bool running(const struct instance *i) { return activity(i) == ACTIVE && !i->paused && !i->throttled; }

static void become(struct instance *i, bool enabled, bool scheduled) {
    bool was = i->enabled && i->scheduled;
    i->enabled = enabled;
    i->scheduled = scheduled;
    if (!was && enabled && scheduled) i->throttled = false; /* 5.3 */
}

static void forget(struct name *slot, struct name dead) {
    if (same(*slot, dead)) *slot = (struct name){0, OWN};
}

/* The death of an instance: every link to it and of it ends (2.10), and its members go into error (8.19). */
static void die(struct state *s, struct instance *dead, bool exits) {
    struct name name = dead->name;
    *dead = s->at[--s->live];
    for (struct instance *i = s->at; i < s->at + s->live; i++) {
        forget(&i->starter, name);
        forget(&i->stopper, name);
        if (!exits && same(i->leader, name)) {
            i->enabled = false;
            i->failed = true;
        }
        forget(&i->leader, name);
    }
}

static bool runs(const struct events *e, const struct state *s, int32_t task) {
    return task >= 0 && task < e->tasks && s->tasks[task] == RUNS;
}

/* Operations: an argument of each, and what it needs. */
struct call {
    const struct wish *wish;
    struct name name;
    int64_t number, other;
    int32_t task, child;
    bool flag;
};

typedef int64_t operation(const struct events *e, struct state *s, const struct call *c);

static int64_t open_event(const struct events *e, struct state *s, const struct call *c) {
    const struct wish *w = c->wish;
    bool grouped = w->aux || w->has_leader || w->pauses || w->resumes;
    if (w->period < 0 || w->period > MAX_COUNT || w->task < -1 || w->cpu < -1 || w->cpu >= e->cpus) return -EINVAL; /* 1.3 */
    if (w->task < 0 && w->cpu < 0) return -EINVAL;
    if (e->dialect == PATCH2011 && w->paused) return -EINVAL; /* 8.4 */
    if (e->dialect != LINUX613 && grouped) return -EINVAL; /* 8.10 */
    if ((w->pauses && w->resumes) || (w->pauses || w->resumes) != w->has_leader) return -EINVAL; /* 8.12 */
    if (e->dialect == LINUX613 && w->paused && !w->aux) return -EOPNOTSUPP; /* 8.13 */
    if (w->has_leader) {
        const struct instance *leader = own(s, w->leader);
        if (!leader) return -EBADF; /* 8.14 */
        if (!leader->wish.aux || leader->wish.has_leader || leader->wish.task != w->task || leader->wish.cpu != w->cpu) return -EINVAL;
        if (w->task >= 0 && leader->wish.inherit != w->inherit) return -EINVAL;
    }
    if (w->task >= e->roots && w->task < e->tasks && s->tasks[w->task] != UNUSED) return -EINVAL; /* 6.1 */
    int handles = 0;
    for (int i = 0; i < s->live; i++) handles += s->at[i].name.task == OWN;
    if (handles >= e->handles) return -EMFILE; /* 1.4, 6.8 */
    if (w->task >= 0 && !runs(e, s, w->task)) return -ESRCH; /* 1.5 */
    struct instance *i = &s->at[s->live++];
    *i = (struct instance){.name = {++s->issued, OWN}, .wish = *w, .enabled = w->enabled, .paused = w->paused};
    i->starter.task = i->stopper.task = i->leader.task = OWN;
    if (w->has_leader) i->leader.handle = w->leader;
    return i->name.handle;
}

static int64_t close_event(const struct events *e, struct state *s, const struct call *c) {
    (void)e;
    struct instance *i = own(s, c->number);
    if (!i) return -EBADF;
    die(s, i, false);
    return 0;
}

static int64_t link_events(const struct events *e, struct state *s, const struct call *c) {
    struct instance *trigger = own(s, c->number), *target = own(s, c->other);
    if (!trigger) return -EBADF;
    if (e->dialect == LINUX613) return -ENOTTY; /* 8.11 */
    if (!target) return -EBADF;
    if (trigger->wish.task != target->wish.task || trigger->wish.cpu != target->wish.cpu) return -EINVAL; /* 2.3 */
    if (e->dialect == AMENDED && trigger->wish.period == 0) return -EINVAL; /* 8.7 */
    struct name *slot = c->flag ? &target->starter : &target->stopper;
    if (slot->handle) return same(*slot, trigger->name) ? -EEXIST : -EBUSY; /* 2.4, 2.5 */
    *slot = trigger->name;
    return 0;
}

static int64_t enable_event(const struct events *e, struct state *s, const struct call *c) {
    (void)e;
    if (!own(s, c->number)) return -EBADF;
    for (struct instance *i = s->at; i < s->at + s->live; i++) {
        if (i->name.handle != c->number) continue; /* its copies too: 6.11 */
        become(i, c->flag, i->scheduled);
        if (c->flag) i->failed = false; /* 8.20 */
    }
    return 0;
}

static int64_t schedule_instance(const struct events *e, struct state *s, const struct call *c) {
    (void)e;
    struct instance *i = find(s, c->name);
    if (!i) return -EBADF;
    become(i, i->enabled, c->flag);
    return 0;
}

static int64_t throttle_instance(const struct events *e, struct state *s, const struct call *c) {
    (void)e;
    struct instance *i = find(s, c->name);
    if (!i) return -EBADF;
    i->throttled = c->flag;
    return 0;
}

static void visit(const struct events *e, struct instance *target, bool starts) {
    if (e->dialect != PATCH2011 || activity(target) == ACTIVE) target->paused = !starts; /* 8.2, 8.3 */
}

/* The pass of an overflow and its sample, in the step of its admission: nobody sees the steps of 7.3 apart. */
static int64_t deliver(const struct events *e, struct state *s, struct instance *p, int64_t overflows) {
#ifdef MISTAKE_STOPPERS_FIRST
    const bool roles[] = {false, true};
#else
    const bool roles[] = {true, false}; /* 4.9, 4.10 */
#endif
    for (int role = 0; role < 2; role++)
        for (struct instance *t = s->at; t < s->at + s->live; t++)
            if (same(roles[role] ? t->starter : t->stopper, p->name)) visit(e, t, roles[role]);
    struct instance *leader = find(s, p->leader);
    if (leader) leader->paused = p->wish.pauses; /* 8.16 */
    p->samples += overflows; /* 4.12 */
    return overflows;
}

static int64_t tick_instance(const struct events *e, struct state *s, const struct call *c) {
    struct instance *i = find(s, c->name);
    if (!i) return -EBADF;
    if (c->number < 0 || c->number > MAX_AMOUNT) return -EINVAL; /* 4.3 */
    if (!running(i)) return IGNORED; /* 4.2 */
    if (i->count > MAX_COUNT - c->number) return -EOVERFLOW; /* 4.6 */
    int64_t was = i->count, period = i->wish.period;
    i->count += c->number;
    int64_t overflows = period ? i->count / period - was / period : 0; /* 4.4, 4.5 */
    return overflows ? deliver(e, s, i, overflows) : 0;
}

static int64_t overflow_instance(const struct events *e, struct state *s, const struct call *c) {
    struct instance *i = find(s, c->name);
    if (!i) return -EBADF;
    return running(i) && i->wish.period ? deliver(e, s, i, 1) : IGNORED; /* 4.7, 4.8 */
}

/* Whether an instance of a task is copied by its forks (6.3). */
static bool is_source(const struct instance *i, int32_t task) {
    return i->wish.inherit && (i->name.task == OWN ? i->wish.task == task : i->name.task == task);
}

static struct name copied(struct state *s, struct name owner, int32_t task, int32_t child) {
    const struct instance *i = find(s, owner);
    return i && is_source(i, task) ? (struct name){owner.handle, child} : (struct name){0, OWN}; /* 6.5, 8.23 */
}

static int64_t fork_task(const struct events *e, struct state *s, const struct call *c) {
    if (!runs(e, s, c->task)) return -ESRCH; /* 6.2 */
    bool is_name = c->child >= 0 && c->child < e->tasks;
    if (is_name && s->tasks[c->child] != UNUSED) return -EEXIST;
    bool any = false;
    for (int task = 0; task < e->tasks; task++) any |= s->tasks[task] == UNUSED;
    if (!any) return -EAGAIN;
    if (!is_name) return -EINVAL;
    s->tasks[c->child] = RUNS;
    for (int n = s->live, i = 0; i < n; i++) {
        struct instance *source = &s->at[i];
        if (!is_source(source, c->task)) continue;
        s->at[s->live++] = (struct instance){ /* 6.4 */
            .name = {source->name.handle, c->child},
            .wish = source->wish,
            .enabled = source->enabled,
            .paused = e->dialect == AMENDED ? source->paused : e->dialect == LINUX613 && source->wish.paused, /* 8.8, 8.9, 8.22 */
            .starter = copied(s, source->starter, c->task, c->child),
            .stopper = copied(s, source->stopper, c->task, c->child),
            .leader = copied(s, source->leader, c->task, c->child),
        };
    }
    return 0;
}

static int64_t exit_task(const struct events *e, struct state *s, const struct call *c) {
    if (c->task < e->roots || !runs(e, s, c->task)) return -ESRCH; /* 6.9 */
    s->tasks[c->task] = EXITED;
    for (int i = s->live - 1; i >= 0; i--) {
        if (s->at[i].name.task != c->task) continue;
        struct instance *event = own(s, s->at[i].name.handle);
        if (event) event->left += s->at[i].count;
        die(s, &s->at[i], true);
    }
    return 0;
}

static void retire(struct events *e, struct state *s) {
    s->retired = atomic_load_explicit(&e->retired, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&e->retired, &s->retired, s, memory_order_release, memory_order_relaxed)) {}
}

static void enter(struct events *e) { atomic_fetch_add(&e->inside, 1); }

/* A call that is alone frees what was replaced: who comes after it cannot find that any more. If another has come in between, that one may. */
static void leave(struct events *e) {
    struct state *mine = atomic_load(&e->inside) == 1 ? atomic_exchange(&e->retired, NULL) : NULL;
    bool alone = atomic_fetch_sub(&e->inside, 1) == 1;
    while (mine) {
        struct state *s = mine;
        mine = s->retired;
        if (alone) free(s);
        else retire(e, s);
    }
}

/* A call that may change the state: one compare-exchange is its step. A refusal is the step of its load. */
static int64_t change(struct events *e, operation *operate, const struct call *c) {
    enter(e);
    for (;;) {
        /* Partner: the compare-exchange below. Without acquire the fields of the state may not be there yet. */
        struct state *old = pm_atomic_load_acquire(&e->state);
        struct state *new = copy_of(e, old, operate == fork_task ? old->live : 1);
        int64_t answer = operate(e, new, c);
        if (answer < 0) {
            free(new);
            leave(e);
            return answer;
        }
#ifdef MISTAKE_LOST_UPDATE
        pm_atomic_store_release(&e->state, new);
        if (false) retire(e, old); /* not here: another thread may have replaced it too */
        leave(e);
        return answer;
#else
        /* Partner: each load. Without release a reader may find the state without its fields; without the comparison another call's step is lost. */
        if (pm_atomic_compare_exchange(&e->state, &old, new)) {
            retire(e, old);
            leave(e);
            return answer;
        }
        free(new);
#endif
    }
}

int64_t events_open(struct events *e, const struct wish *wish) { return change(e, open_event, &(struct call){.wish = wish}); }
int64_t events_close(struct events *e, int64_t event) { return change(e, close_event, &(struct call){.number = event}); }
int64_t events_link(struct events *e, bool starter, int64_t trigger, int64_t target) {
    return change(e, link_events, &(struct call){.number = trigger, .other = target, .flag = starter});
}
int64_t events_enable(struct events *e, int64_t event, bool on) { return change(e, enable_event, &(struct call){.number = event, .flag = on}); }
int64_t events_schedule(struct events *e, struct name name, bool on) { return change(e, schedule_instance, &(struct call){.name = name, .flag = on}); }
int64_t events_throttle(struct events *e, struct name name, bool on) { return change(e, throttle_instance, &(struct call){.name = name, .flag = on}); }
int64_t events_tick(struct events *e, struct name name, int64_t amount) { return change(e, tick_instance, &(struct call){.name = name, .number = amount}); }
int64_t events_overflow(struct events *e, struct name name) { return change(e, overflow_instance, &(struct call){.name = name}); }
int64_t events_fork(struct events *e, int32_t task, int32_t child) { return change(e, fork_task, &(struct call){.task = task, .child = child}); }
int64_t events_exit(struct events *e, int32_t task) { return change(e, exit_task, &(struct call){.task = task}); }

/* Reads: one load (1.9). */
typedef int64_t reading(struct state *s, struct name name, struct name *owner);

static int64_t look(struct events *e, reading *read, struct name name, struct name *owner) {
    enter(e);
    struct state *s = pm_atomic_load_acquire(&e->state);
    int64_t answer = find(s, name) ? read(s, name, owner) : -EBADF;
    leave(e);
    return answer;
}

static int64_t count(struct state *s, struct name name, struct name *owner) { return (void)owner, find(s, name)->count; }

static int64_t samples(struct state *s, struct name name, struct name *owner) { return (void)owner, find(s, name)->samples; }

static int64_t activity_of(struct state *s, struct name name, struct name *owner) { return (void)owner, (int64_t)activity(find(s, name)); }

static int64_t paused(struct state *s, struct name name, struct name *owner) { return (void)owner, find(s, name)->paused; }

static int64_t starter(struct state *s, struct name name, struct name *owner) { return (*owner = find(s, name)->starter).handle; }

static int64_t stopper(struct state *s, struct name name, struct name *owner) { return (*owner = find(s, name)->stopper).handle; }

static int64_t total(struct state *s, struct name name, struct name *owner) {
    (void)owner;
    int64_t total = find(s, name)->left;
    for (int i = 0; i < s->live; i++)
        if (s->at[i].name.handle == name.handle && __builtin_add_overflow(total, s->at[i].count, &total)) return -EOVERFLOW; /* 6.10 */
    return total;
}

int64_t events_count(struct events *e, struct name name) { return look(e, count, name, NULL); }
int64_t events_samples(struct events *e, struct name name) { return look(e, samples, name, NULL); }
int64_t events_activity(struct events *e, struct name name) { return look(e, activity_of, name, NULL); }
int64_t events_paused(struct events *e, struct name name) { return look(e, paused, name, NULL); }
int64_t events_total(struct events *e, int64_t event) { return look(e, total, (struct name){event, OWN}, NULL); }

int64_t events_owner(struct events *e, bool is_starter, struct name name, int32_t *owner_task) {
    struct name owner = {0, OWN};
    int64_t answer = look(e, is_starter ? starter : stopper, name, &owner);
    *owner_task = owner.task;
    return answer ? answer : NONE;
}

struct events *events_new(enum dialect dialect, int handles, int roots, int tasks, int cpus) {
    struct events *e = calloc(1, sizeof *e);
    if (!e) abort();
    *e = (struct events){.dialect = dialect, .handles = handles, .roots = roots, .tasks = tasks, .cpus = cpus};
    struct state *s = allocate(e, 0);
    s->issued = 0;
    s->live = 0;
    for (int task = 0; task < tasks; task++) s->tasks[task] = task < roots ? RUNS : UNUSED;
    atomic_init(&e->state, s);
    return e;
}

void events_free(struct events *e) {
    free(atomic_load(&e->state));
    for (struct state *s = atomic_load(&e->retired); s;) {
        struct state *next = s->retired;
        free(s);
        s = next;
    }
    free(e);
}
