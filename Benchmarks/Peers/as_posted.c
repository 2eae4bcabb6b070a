/*
 * The mechanism of the 2011 patch in user space: a mutex per trigger, RCU lists of its targets, ownership by compare-exchange.
 *
 * What is as posted: the order of the checks (scope, then a walk of the trigger's list, then the exchange), the gate as a plain int
 * that the overflow stores to, starters before stoppers, unlinking under the owner's mutex, freeing after a grace period, and that a
 * trigger does not let go of its targets when it is closed (so here triggers outlive them). What a kernel has and this has not:
 * descriptors, interrupts that are switched off, the callbacks of a PMU. An event is named by its address.
 *
 * A sample is a plain increment: as with the gate, two overflows of one event at once may lose one.
 *
 * The flavour of RCU is the one that a library would take, "memb": a reader costs no fence, since the grace period has every thread
 * run one (membarrier); and the program does not have to announce its quiescent states, as QSBR asks it to.
 */
#define _LGPL_SOURCE /* the readers' side inline */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <urcu/urcu-memb.h>
#include <urcu/rculist.h>
#include <urcu/uatomic.h>

enum { OFF, INACTIVE, ACTIVE };

#define LINE 64 /* of the cache */

struct event {
	/* What a visit reads: one line. */
	struct cds_list_head starter_entry, stopper_entry;
	int state, paused;
	struct event *starter, *stopper;
	/* What a trigger is. */
	struct cds_list_head starter_list, stopper_list;
	long count, samples, period;
	int task, cpu;
	pthread_mutex_t mutex;
	struct rcu_head rcu;
} __attribute__((aligned(LINE)));

/* As functions of a library are: the loops below cannot look into them. */
#define CALL __attribute__((noinline))

static CALL struct event *event_open(int cpu, int running)
{
	struct event *e = aligned_alloc(LINE, sizeof *e);

	if (!e)
		abort();
	memset(e, 0, sizeof *e);
	e->cpu = cpu;
	e->state = running ? ACTIVE : INACTIVE;
	e->period = (1L << 53) - 1;
	CDS_INIT_LIST_HEAD(&e->starter_list);
	CDS_INIT_LIST_HEAD(&e->stopper_list);
	pthread_mutex_init(&e->mutex, NULL);
	return e;
}

static void event_free(struct rcu_head *head)
{
	struct event *e = caa_container_of(head, struct event, rcu);

	pthread_mutex_destroy(&e->mutex);
	free(e);
}

static void unlink_from(struct event *owner, struct cds_list_head *entry)
{
	pthread_mutex_lock(&owner->mutex);
	cds_list_del_rcu(entry);
	pthread_mutex_unlock(&owner->mutex);
}

static CALL int event_close(struct event *e)
{
	CMM_STORE_SHARED(e->state, OFF);
	if (e->starter)
		unlink_from(e->starter, &e->starter_entry);
	if (e->stopper)
		unlink_from(e->stopper, &e->stopper_entry);
	urcu_memb_call_rcu(&e->rcu, event_free);
	return 0;
}

static CALL int event_set_starter(struct event *trigger, struct event *target)
{
	struct event *iter;
	int refusal = 0;

	if (trigger->task != target->task || trigger->cpu != target->cpu)
		return EINVAL;
	pthread_mutex_lock(&trigger->mutex);
	cds_list_for_each_entry(iter, &trigger->starter_list, starter_entry) {
		if (iter == target) {
			refusal = EEXIST;
			break;
		}
	}
	if (!refusal) {
		if (!uatomic_cmpxchg(&target->starter, NULL, trigger))
			cds_list_add_rcu(&target->starter_entry, &trigger->starter_list);
		else
			refusal = EBUSY;
	}
	pthread_mutex_unlock(&trigger->mutex);
	return refusal;
}

static CALL int event_set_stopper(struct event *trigger, struct event *target)
{
	struct event *iter;
	int refusal = 0;

	if (trigger->task != target->task || trigger->cpu != target->cpu)
		return EINVAL;
	pthread_mutex_lock(&trigger->mutex);
	cds_list_for_each_entry(iter, &trigger->stopper_list, stopper_entry) {
		if (iter == target) {
			refusal = EEXIST;
			break;
		}
	}
	if (!refusal) {
		if (!uatomic_cmpxchg(&target->stopper, NULL, trigger))
			cds_list_add_rcu(&target->stopper_entry, &trigger->stopper_list);
		else
			refusal = EBUSY;
	}
	pthread_mutex_unlock(&trigger->mutex);
	return refusal;
}

static void deliver(struct event *trigger)
{
	struct event *iter;

	urcu_memb_read_lock();
	cds_list_for_each_entry_rcu(iter, &trigger->starter_list, starter_entry) {
		if (CMM_LOAD_SHARED(iter->state) == ACTIVE && CMM_LOAD_SHARED(iter->paused))
			CMM_STORE_SHARED(iter->paused, 0);
	}
	cds_list_for_each_entry_rcu(iter, &trigger->stopper_list, stopper_entry) {
		if (CMM_LOAD_SHARED(iter->state) == ACTIVE && !CMM_LOAD_SHARED(iter->paused))
			CMM_STORE_SHARED(iter->paused, 1);
	}
	urcu_memb_read_unlock();
	CMM_STORE_SHARED(trigger->samples, CMM_LOAD_SHARED(trigger->samples) + 1);
}

static int runs(struct event *e)
{
	return CMM_LOAD_SHARED(e->state) == ACTIVE && !CMM_LOAD_SHARED(e->paused);
}

static CALL long event_overflow(struct event *trigger)
{
	if (!runs(trigger))
		return -1;
	deliver(trigger);
	return 1;
}

static CALL long event_tick(struct event *e, long n)
{
	long after, overflows;

	if (!runs(e))
		return -1;
	after = uatomic_add_return(&e->count, n);
	if (after < e->period)
		return 0;
	overflows = after / e->period - (after - n) / e->period;
	if (overflows)
		deliver(e);
	return overflows;
}

static CALL long event_count(struct event *e) { return CMM_LOAD_SHARED(e->count); }
static CALL int event_paused(struct event *e) { return CMM_LOAD_SHARED(e->paused); }
static CALL struct event *event_starter(struct event *e) { return CMM_LOAD_SHARED(e->starter); }

/* What the benchmark calls: single operations to set up, and loops. Each loop answers how many operations did what they should. */

void pm_enter(void) { urcu_memb_register_thread(); }
void pm_leave(void) { urcu_memb_unregister_thread(); }
void pm_drain(void) { urcu_memb_barrier(); }
struct event *pm_open(int cpu, int running) { return event_open(cpu, running); }
int pm_close(struct event *e) { return event_close(e); }
int pm_set_starter(struct event *trigger, struct event *target) { return event_set_starter(trigger, target); }
int pm_set_stopper(struct event *trigger, struct event *target) { return event_set_stopper(trigger, target); }
int pm_paused(struct event *e) { return event_paused(e); }
long pm_count(struct event *e) { return event_count(e); }

long pm_overflows(struct event *trigger, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += event_overflow(trigger);
	return done;
}

long pm_overflows_in_turn(struct event *one, struct event *other, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += event_overflow(one) + event_overflow(other);
	return done;
}

long pm_refusals(struct event *trigger, struct event *target, int refusal, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += event_set_starter(trigger, target) == refusal;
	return done;
}

void pm_fill(struct event **targets, long size)
{
	for (long i = 0; i < size; i++)
		targets[i] = event_open(0, 0);
}

long pm_link_and_close(struct event *trigger, struct event **targets, long size)
{
	long done = 0;

	for (long i = 0; i < size; i++)
		done += !event_set_starter(trigger, targets[i]) && !event_close(targets[i]);
	return done;
}

long pm_links(struct event *trigger, struct event **targets, long size)
{
	long done = 0;

	for (long i = 0; i < size; i++)
		done += !event_set_starter(trigger, targets[i]);
	return done;
}

long pm_closes(struct event **targets, long size)
{
	long done = 0;

	for (long i = 0; i < size; i++)
		done += !event_close(targets[i]);
	return done;
}

long pm_open_close(long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += !event_close(event_open(0, 0));
	return done;
}

long pm_open_link_close(struct event *trigger, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++) {
		struct event *target = event_open(0, 0);

		done += !event_set_starter(trigger, target) && !event_close(target);
	}
	return done;
}

long pm_ticks(struct event *e, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += event_tick(e, 1) == 0;
	return done;
}

long pm_counts(struct event *e, long times)
{
	long sum = 0;

	for (long i = 0; i < times; i++)
		sum += event_count(e);
	return sum;
}

long pm_pauseds(struct event *e, long times)
{
	long open = 0;

	for (long i = 0; i < times; i++)
		open += !event_paused(e);
	return open;
}

long pm_starters(struct event *trigger, struct event *target, long times)
{
	long done = 0;

	for (long i = 0; i < times; i++)
		done += event_starter(target) == trigger;
	return done;
}
