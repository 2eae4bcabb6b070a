/* The vectors of a folder, on any library of perfmodel.h: linked with adapter.c and events.c, or with yours. */
#include "../perfmodel.h"
#include "json.h"
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { NEVER_ISSUED = -1, ROUNDS = 50, MOST_NAMES = 1024, MOST_THREADS = 8 };

/* What was answered: a word, or a number without one; behind OWNER the owner's handle and task, behind HANDLE the handle. */
static const char HANDLE[] = "handle", OWNER[] = "owner";
struct answer {
    const char *word;
    int64_t number;
    int32_t copy;
};

/* A system, and the vector's names for its handles: the last of each name, which calls use, and all, which owners are told by. */
struct session {
    pm_system *system;
    _Atomic int64_t last[MOST_NAMES];
    int issued;
    struct {
        int64_t handle, name;
    } all[MOST_NAMES];
};

static struct answer refused(int64_t result) {
    static const struct {
        int64_t result;
        const char *word;
    } words[] = {
        {-EBADF, "EBADF"}, {-EINVAL, "EINVAL"}, {-EEXIST, "EEXIST"}, {-EBUSY, "EBUSY"}, {-EMFILE, "EMFILE"}, {-ESRCH, "ESRCH"}, {-EOVERFLOW, "EOVERFLOW"},
        {-EAGAIN, "EAGAIN"}, {-ENOTTY, "ENOTTY"}, {-EOPNOTSUPP, "EOPNOTSUPP"}, {PM_IGNORED, "ignored"}, {PM_NONE, "none"}, {PM_SKIPPED, "skipped"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].result == result) return (struct answer){.word = words[i].word};
    return (struct answer){.number = result};
}

static struct answer number(int64_t result) { return result < 0 ? refused(result) : (struct answer){.number = result}; }

static struct answer ok(int64_t result) { return result ? refused(result) : (struct answer){.word = "ok"}; }

static struct answer named(int64_t result, const char *const *words, int count) {
    return result < 0 || result >= count ? refused(result) : (struct answer){.word = words[result]};
}

static int64_t handle(struct session *s, const struct json *call, const char *key) {
    int64_t name = json_number(call, key, -1);
    return name < 0 || name >= MOST_NAMES ? NEVER_ISSUED : s->last[name];
}

static struct answer open_event(struct session *s, const struct json *call) {
    static const char *const keys[] = {"inherit", "enabled", "paused", "leader", "aux", "pauses", "resumes"}; /* in the order of pm_flags */
    struct pm_attributes attributes = {
        .period = json_number(call, "period", 0), .leader = handle(s, call, "leader"),
        .task = (int32_t)json_number(call, "task", -1), .cpu = (int32_t)json_number(call, "cpu", -1),
    };
    for (int flag = 0; flag < 7; flag++) {
        const struct json *given = json_get(call, keys[flag]);
        if (given && (given->number || given->kind == JSON_NUMBER)) attributes.flags |= 1u << flag;
    }
    int64_t result = pm_open(s->system, &attributes), name = json_number(call, "event", -1);
    if (result >= 0 && name >= 0 && name < MOST_NAMES) s->last[name] = result;
    return result < 0 ? refused(result) : (struct answer){HANDLE, result, PM_OWN};
}

static struct answer perform(struct session *s, const struct json *call) {
    static const char *const states[] = {"off", "inactive", "active", "error"}, *const gates[] = {"open", "paused"};
    const char *op = json_text(call, "op");
    pm_system *p = s->system;
    int64_t event = handle(s, call, "event"), trigger = handle(s, call, "trigger"), target = handle(s, call, "target");
    int32_t copy = (int32_t)json_number(call, "copy", PM_OWN), task = (int32_t)json_number(call, "task", -1), owner = PM_OWN;
#define IS(name) (!strcmp(op, name))
    if (IS("Open")) return open_event(s, call);
    if (IS("Close")) return ok(pm_close(p, event));
    if (IS("SetStarter")) return ok(pm_set_starter(p, trigger, target));
    if (IS("SetStopper")) return ok(pm_set_stopper(p, trigger, target));
    if (IS("Enable")) return ok(pm_enable(p, event));
    if (IS("Disable")) return ok(pm_disable(p, event));
    if (IS("ScheduleIn")) return ok(pm_schedule_in(p, event, copy));
    if (IS("ScheduleOut")) return ok(pm_schedule_out(p, event, copy));
    if (IS("Throttle")) return ok(pm_throttle(p, event, copy));
    if (IS("Unthrottle")) return ok(pm_unthrottle(p, event, copy));
    if (IS("Tick")) return number(pm_tick(p, event, copy, json_number(call, "amount", 0)));
    if (IS("Overflow")) return number(pm_overflow(p, event, copy));
    if (IS("Count")) return number(pm_count(p, event, copy));
    if (IS("Samples")) return number(pm_samples(p, event, copy));
    if (IS("State")) return named(pm_state(p, event, copy), states, 4);
    if (IS("Paused")) return named(pm_paused(p, event, copy), gates, 2);
    if (IS("Fork")) return ok(pm_fork(p, task, (int32_t)json_number(call, "child", -1)));
    if (IS("Exit")) return ok(pm_exit(p, task));
    if (IS("TotalCount")) return number(pm_total_count(p, event));
    if (!IS("StarterOf") && !IS("StopperOf")) return refused(PM_SKIPPED);
    int64_t result = IS("StarterOf") ? pm_starter_of(p, event, copy, &owner) : pm_stopper_of(p, event, copy, &owner);
    return result < 0 ? refused(result) : (struct answer){OWNER, result, owner};
#undef IS
}

/* The vector's name for a handle, or -1. */
static int64_t name_of(const struct session *s, int64_t handle) {
    for (int i = 0; i < s->issued; i++)
        if (s->all[i].handle == handle) return s->all[i].name;
    return -1;
}

static void learn(struct session *s, const struct json *call, struct answer a) {
    if (a.word != HANDLE || name_of(s, a.number) >= 0 || s->issued == MOST_NAMES) return;
    s->all[s->issued].handle = a.number;
    s->all[s->issued++].name = json_number(call, "event", -1);
}

static bool is_expected(const struct session *s, const struct json *call, struct answer a, const struct json *expected) {
    if (a.word == HANDLE && name_of(s, a.number) != json_number(call, "event", -1)) return false; /* issued twice (1.2) */
    if (expected->kind == JSON_TEXT) return a.word && a.word != OWNER && !strcmp(a.word, expected->text);
    if (expected->kind == JSON_NUMBER) return !a.word && a.number == expected->number;
    return a.word == OWNER && json_number(expected, OWNER, -1) == name_of(s, a.number) && json_number(expected, "copy", PM_OWN) == a.copy;
}

static void print_answer(const struct session *s, struct answer a) {
    if (!a.word) printf("%" PRId64, a.number);
    else if (a.word != OWNER) printf("\"%s\"", a.word);
    else if (a.copy == PM_OWN) printf("{\"owner\": %" PRId64 "}", name_of(s, a.number));
    else printf("{\"owner\": %" PRId64 ", \"copy\": %" PRId32 "}", name_of(s, a.number), a.copy);
}

static bool start(struct session *s, const struct json *vector) {
    const struct json *d = json_get(vector, "declaration");
    const char *dialect = json_text(d, "dialect");
    const struct pm_declaration declaration = {
        .dialect = !strcmp(dialect, "Patch2011") ? PM_PATCH2011 : !strcmp(dialect, "Amended") ? PM_AMENDED : PM_LINUX613,
        .handles = (int32_t)json_number(d, "handles", 0), .roots = (int32_t)json_number(d, "roots", 0),
        .tasks = (int32_t)json_number(d, "tasks", 0), .cpus = (int32_t)json_number(d, "cpus", 0),
    };
    s->issued = 0;
    for (int name = 0; name < MOST_NAMES; name++) atomic_init(&s->last[name], NEVER_ISSUED);
    return (s->system = pm_create(&declaration));
}

static void print_head(const struct json *vector) { printf("%s: %s: ", json_text(vector, "id"), json_text(vector, "title")); }

/* Steps with their answers; tells the first that is another. */
static bool play_steps(struct session *s, const struct json *vector, const char *key) {
    int at = 1;
    const struct json *steps = json_get(vector, key);
    for (const struct json *step = steps ? steps->first : NULL; step; step = step->next, at++) {
        const struct json *call = json_get(step, "call"), *expected = json_get(step, "answer");
        for (int64_t times = json_number(step, "times", 1); times > 0; times--) {
            struct answer seen = perform(s, call);
            learn(s, call, seen);
            if (is_expected(s, call, seen, expected)) continue;
            print_head(vector);
            printf("%s, step %d, ", key, at);
            json_print(stdout, call);
            printf(": expected ");
            json_print(stdout, expected);
            printf(", seen ");
            print_answer(s, seen);
            putchar('\n');
            return false;
        }
    }
    return true;
}

static bool sequential(struct session *s, const struct json *vector) { return play_steps(s, vector, "steps"); }

/* Calls one after another, on a thread of their own if they have a gate to wait at. */
struct row {
    struct session *session;
    atomic_int *waiting;
    const struct json *calls;
    struct answer *answers;
};

static void *play_row(void *given) {
    const struct row *row = given;
    struct answer *answer = row->answers;
    if (row->waiting) atomic_fetch_sub(row->waiting, 1);
    while (row->waiting && atomic_load(row->waiting) > 0) sched_yield();
    for (const struct json *call = row->calls->first; call; call = call->next) *answer++ = perform(row->session, call);
    return NULL;
}

static bool is_row(const struct row *row, const struct json *expected) {
    const struct json *call = row->calls->first, *one = expected->first;
    for (const struct answer *answer = row->answers; call && one; call = call->next, one = one->next)
        if (!is_expected(row->session, call, *answer++, one)) return false;
    return !call && !one;
}

static bool is_outcome(const struct row *rows, int threads, const struct json *outcome) {
    const struct json *expected = json_get(outcome, "threads")->first;
    for (int i = 0; i < threads; i++, expected = expected->next)
        if (!is_row(&rows[i], expected)) return false;
    return is_row(&rows[threads], json_get(outcome, "after"));
}

/* One round: the threads start together; then what is called when all have ended. */
static bool play_round(struct session *s, const struct json *vector, int round) {
    if (!play_steps(s, vector, "setup")) return false;
    const struct json *lists = json_get(vector, "threads"), *list = lists->first;
    int threads = json_length(lists);
    atomic_int waiting = threads;
    struct row rows[MOST_THREADS + 1];
    pthread_t started[MOST_THREADS];
    for (int i = 0; i <= threads; i++) {
        rows[i] = (struct row){s, i < threads ? &waiting : NULL, i < threads ? list : json_get(vector, "after"), NULL};
        rows[i].answers = calloc((size_t)json_length(rows[i].calls) + 1, sizeof *rows[i].answers);
        if (!rows[i].answers) abort();
        if (i < threads) list = list->next;
    }
    for (int i = 0; i < threads; i++)
        if (pthread_create(&started[i], NULL, play_row, &rows[i])) abort();
    for (int i = 0; i < threads; i++) pthread_join(started[i], NULL);
    play_row(&rows[threads]);
    /* First all names: an owner may have been seen before its Open returned. */
    for (int i = 0; i <= threads; i++) {
        struct answer *answer = rows[i].answers;
        for (const struct json *call = rows[i].calls->first; call; call = call->next) learn(s, call, *answer++);
    }
    const struct json *outcome = json_get(vector, "outcomes")->first;
    while (outcome && !is_outcome(rows, threads, outcome)) outcome = outcome->next;
    if (!outcome) {
        print_head(vector);
        printf("round %d: expected one of ", round);
        json_print(stdout, json_get(vector, "outcomes"));
        printf(", seen");
        for (int i = 0; i <= threads; i++) {
            printf(i < threads ? " [" : " after [");
            for (int k = 0; k < json_length(rows[i].calls); k++) {
                if (k) printf(", ");
                print_answer(s, rows[i].answers[k]);
            }
            printf("]");
        }
        putchar('\n');
    }
    for (int i = 0; i <= threads; i++) free(rows[i].answers);
    return outcome;
}

static bool concurrent(struct session *s, const struct json *vector) {
    for (int round = 1; round <= ROUNDS; round++) {
        if (round > 1) {
            pm_destroy(s->system);
            if (!start(s, vector)) return false;
        }
        if (!play_round(s, vector, round)) return false;
    }
    return true;
}

static struct json *read_file(const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    size_t length = 0, room = 1 << 20;
    char *text = malloc(room + 1);
    for (size_t got = 1; file && text && got; length += got) {
        if (length == room && !(text = realloc(text, (room *= 2) + 1))) break;
        got = fread(text + length, 1, room - length, file);
    }
    if (text) text[length] = 0;
    struct json *value = file && text ? json_parse(text) : NULL;
    if (!json_get(value, "vectors")) fprintf(stderr, "vectors: %s: %s\n", path, file ? "not a file of vectors" : strerror(errno));
    if (file) fclose(file);
    free(text);
    return value;
}

int main(int count, char **arguments) {
    static const struct {
        const char *file;
        bool (*check)(struct session *, const struct json *);
    } kinds[] = {{"sequential.json", sequential}, {"concurrent.json", concurrent}};
    int passed = 0, failed = 0;
    if (count != 2) return fputs("vectors: the folder of the vectors is the one argument\n", stderr), 2;
    for (int kind = 0; kind < 2; kind++) {
        struct json *file = read_file(arguments[1], kinds[kind].file);
        const struct json *vectors = json_get(file, "vectors");
        if (!vectors) return 2;
        for (const struct json *vector = vectors->first; vector; vector = vector->next) {
            static struct session session;
            bool offered = start(&session, vector);
            if (!offered) print_head(vector), puts("the system could not be created");
            *(offered && kinds[kind].check(&session, vector) ? &passed : &failed) += 1;
            pm_destroy(session.system);
        }
        json_free(file);
    }
    printf("%d vectors passed, %d failed\n", passed, failed);
    return failed > 0;
}
