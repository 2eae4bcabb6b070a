/* C11 atomics behind which the suite can stand, so that it runs a C program in every schedule.
 *
 * Compiled with -DPM_HOOKED each access is announced before it is made; without it the macros are the C11 operations and nothing else. One source file
 * defines PM_DEFINE_HOOK before it includes this. Whatever threads share goes through these; plain memory is what one thread has, or nobody writes.
 */
#ifndef PERFMODEL_ATOMIC_H
#define PERFMODEL_ATOMIC_H

#include <stdatomic.h>

#ifdef PM_HOOKED

#include <stdint.h>

/* The kinds of access that the suite is told. */
enum pm_access { PM_LOAD, PM_STORE, PM_SWAP, PM_FAILED_SWAP };

typedef void pm_before_access(const volatile void *location, const char *expression, const char *file, int line);
typedef void pm_after_access(int access, uint64_t value);

extern pm_before_access *pm_before;
extern pm_after_access *pm_after;

#ifdef PM_DEFINE_HOOK
static void pm_unscheduled(const volatile void *location, const char *expression, const char *file, int line) {
    (void)location, (void)expression, (void)file, (void)line;
}
static void pm_unheard(int access, uint64_t value) { (void)access, (void)value; }
pm_before_access *pm_before = pm_unscheduled;
pm_after_access *pm_after = pm_unheard;
void pm_hook(pm_before_access *before, pm_after_access *after);
void pm_hook(pm_before_access *before, pm_after_access *after) {
    pm_before = before;
    pm_after = after;
}
#endif

#define PM_BEFORE(location) pm_before(location, #location, __FILE__, __LINE__)
#define PM_WORD(value) ((uint64_t)(uintptr_t)(value))

/* In statement expressions, which gcc and clang have: of a hooked build only. */
#define pm_atomic_load_acquire(location) __extension__({ \
    PM_BEFORE(location); \
    __auto_type pm_value = atomic_load_explicit(location, memory_order_acquire); \
    pm_after(PM_LOAD, PM_WORD(pm_value)); \
    pm_value; })
#define pm_atomic_store_release(location, value) __extension__({ \
    PM_BEFORE(location); \
    __auto_type pm_value = (value); \
    atomic_store_explicit(location, pm_value, memory_order_release); \
    pm_after(PM_STORE, PM_WORD(pm_value)); })
#define pm_atomic_compare_exchange(location, expected, desired) __extension__({ \
    PM_BEFORE(location); \
    __auto_type pm_expected = (expected); \
    __auto_type pm_desired = (desired); \
    _Bool pm_stored = atomic_compare_exchange_strong(location, pm_expected, pm_desired); \
    pm_after(pm_stored ? PM_SWAP : PM_FAILED_SWAP, pm_stored ? PM_WORD(pm_desired) : PM_WORD(*pm_expected)); \
    pm_stored; })

#else

#define pm_atomic_load_acquire(location) atomic_load_explicit(location, memory_order_acquire)
#define pm_atomic_store_release(location, value) atomic_store_explicit(location, value, memory_order_release)
/* Sequentially consistent, as the suite takes it to be. Of a failure *expected tells what was there. */
#define pm_atomic_compare_exchange(location, expected, desired) atomic_compare_exchange_strong(location, expected, desired)

#endif

#endif
