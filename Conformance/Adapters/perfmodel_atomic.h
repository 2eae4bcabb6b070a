/* C11 atomics behind which the suite can stand, so that it runs a C program in every schedule.
 *
 * Compiled with -DPM_HOOKED each access is announced before it is made; without it the macros are the C11 operations and nothing else. One source file
 * defines PM_DEFINE_HOOK before it includes this. Whatever threads share goes through these; plain memory is what one thread has, or nobody writes.
 */
#ifndef PERFMODEL_ATOMIC_H
#define PERFMODEL_ATOMIC_H

#include <stdatomic.h>

#ifdef PM_HOOKED

extern void (*pm_before_access)(const volatile void *location);
extern void (*pm_after_store)(void);

#ifdef PM_DEFINE_HOOK
static void pm_unscheduled(const volatile void *location) { (void)location; }
static void pm_unheard(void) {}
void (*pm_before_access)(const volatile void *location) = pm_unscheduled;
void (*pm_after_store)(void) = pm_unheard;
void pm_hook(void (*before)(const volatile void *location), void (*stored)(void));
void pm_hook(void (*before)(const volatile void *location), void (*stored)(void)) {
    pm_before_access = before;
    pm_after_store = stored;
}
#endif

static inline _Bool pm_stored_if(_Bool stored) {
    if (stored) pm_after_store();
    return stored;
}

#define PM_BEFORE(location) pm_before_access(location)
#define PM_STORED() pm_after_store()
#define PM_STORED_IF(stored) pm_stored_if(stored)

#else

#define PM_BEFORE(location) ((void)0)
#define PM_STORED() ((void)0)
#define PM_STORED_IF(stored) (stored)

#endif

#define pm_atomic_load_acquire(location) (PM_BEFORE(location), atomic_load_explicit(location, memory_order_acquire))
#define pm_atomic_store_release(location, value) \
    (PM_BEFORE(location), atomic_store_explicit(location, value, memory_order_release), PM_STORED())
/* Sequentially consistent, as the suite takes them to be. Of a failure `expected` tells what was there. */
#define pm_atomic_compare_exchange(location, expected, desired) \
    (PM_BEFORE(location), PM_STORED_IF(atomic_compare_exchange_strong(location, expected, desired)))

#endif
