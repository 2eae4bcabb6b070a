"""Starter and stopper events (SPEC.md): a system in Python, with one lock around each call, in all three dialects."""

from __future__ import annotations

import enum
import functools
import threading
import time

NO_TASK = ANY_CPU = -1
MAX_PERIOD = MAX_COUNT = 2**53 - 1
MAX_AMOUNT = 2**32 - 1
MAX_TOTAL = 2**63 - 1
MAX_DECLARED = 2**31 - 1


class Dialect(enum.Enum):
    PATCH2011 = "Patch2011"
    AMENDED = "Amended"
    LINUX613 = "Linux613"


class State(enum.Enum):
    OFF = "off"
    INACTIVE = "inactive"
    ACTIVE = "active"
    ERROR = "error"


class Mistake(enum.Enum):
    """What can be broken on purpose, to see that it is found."""

    STOPPERS_FIRST = "stoppers-first"
    LOST_UPDATE = "lost-update"


class Error(enum.Enum):
    EBADF = enum.auto()
    EINVAL = enum.auto()
    EEXIST = enum.auto()
    EBUSY = enum.auto()
    EMFILE = enum.auto()
    ESRCH = enum.auto()
    EOVERFLOW = enum.auto()
    EAGAIN = enum.auto()
    ENOTTY = enum.auto()
    EOPNOTSUPP = enum.auto()


class Refused(Exception):
    """A call that answered an error, and changed nothing."""

    def __init__(self, error: Error):
        super().__init__(error.name)
        self.error = error


STARTER, STOPPER, SAMPLE = range(3)
ROLES = (STARTER, STOPPER)


class _Instance:
    """An event in one task.

    A link is kept at both ends, in dicts that serve as ordered sets: `targets[role]` is what this instance moves, and
    `triggers[role]` what moves it. Where there are slots, the latter has one element or none.
    """

    __slots__ = (
        "handle", "copy", "task", "cpu", "period", "inherit", "aux", "member", "starts_paused",
        "enabled", "scheduled", "paused", "throttled", "error", "count", "samples",
        "targets", "triggers", "copies", "left",
    )

    def __init__(self, handle, copy, task, cpu, period, *, inherit, enabled, paused, aux, member, starts_paused):
        self.handle, self.copy = handle, copy
        self.task, self.cpu, self.period = task, cpu, period
        self.inherit, self.aux, self.member, self.starts_paused = inherit, aux, member, starts_paused
        self.enabled, self.paused = enabled, paused
        self.scheduled = self.throttled = self.error = False
        self.count = self.samples = 0
        self.targets = ({}, {})
        self.triggers = ({}, {})
        self.copies: dict[int, _Instance] = {}  # of an own instance: its live copies, by their task
        self.left = 0  # of an own instance: what its dead copies counted

    @property
    def active(self) -> bool:
        return self.enabled and self.scheduled

    @property
    def running(self) -> bool:
        return self.enabled and self.scheduled and not self.paused and not self.throttled

    def enable(self) -> None:
        was_active = self.active
        self.enabled, self.error = True, False
        self._became_active(was_active)

    def disable(self) -> None:
        self.enabled = False

    def schedule(self) -> None:
        was_active = self.active
        self.scheduled = True
        self._became_active(was_active)

    def _became_active(self, was_active: bool) -> None:
        if self.active and not was_active:
            self.throttled = False  # 5.3

    def fail(self) -> None:
        self.enabled, self.error = False, True

    def link(self, role: int, target: _Instance) -> None:
        self.targets[role][target] = None
        target.triggers[role][self] = None

    def unlink(self) -> None:
        for role in ROLES:
            for target in self.targets[role]:
                if target is not self:
                    del target.triggers[role][self]
            for trigger in self.triggers[role]:
                if trigger is not self:
                    del trigger.targets[role][self]
            self.targets[role].clear()
            self.triggers[role].clear()


def _call(method):
    """A call holds the lock from end to end, so that all its steps (7.1) are taken at one instant."""

    @functools.wraps(method)
    def locked(self, *args, **kwargs):
        with self._lock:
            return method(self, *args, **kwargs)

    return locked


class Events:
    """A system. Its methods are the operations; they raise `Refused` where the operation answers an error.

    A user's call takes handles. A hardware call or a read takes a handle, and with `copy` the task of a copy.
    """

    def __init__(self, dialect: Dialect, *, handles: int, roots: int, tasks: int, cpus: int, mistake: Mistake | None = None):
        if not (1 <= handles <= MAX_DECLARED and 1 <= roots <= tasks <= MAX_DECLARED and 0 <= cpus <= MAX_DECLARED):
            raise ValueError("a declaration that 9.4 does not allow")
        self._dialect, self._mistake = dialect, mistake
        self._max_handles, self._roots, self._tasks, self._cpus = handles, roots, tasks, cpus
        self._lock = threading.Lock()
        self._issued = 0
        self._own: dict[int, _Instance] = {}
        self._copies: dict[tuple[int, int], _Instance] = {}
        self._heirs: dict[int, dict[_Instance, None]] = {}  # what a fork of the task copies
        self._forked: set[int] = set()  # the names that forks took; those of them that run are in _running
        self._running: set[int] = set()
        if dialect is Dialect.LINUX613:
            self._program = (STOPPER, SAMPLE, STARTER)  # 8.16
        elif mistake is Mistake.STOPPERS_FIRST:
            self._program = (STOPPER, STARTER, SAMPLE)
        else:
            self._program = (STARTER, STOPPER, SAMPLE)  # 4.9, 4.10, 4.12

    # A user's calls.

    @_call
    def open(
        self, task: int = NO_TASK, cpu: int = ANY_CPU, period: int = 0, *,
        inherit: bool = False, enabled: bool = False, paused: bool = False,
        aux: bool = False, leader: int | None = None, pauses: bool = False, resumes: bool = False,
    ) -> int:
        if not 0 <= period <= MAX_PERIOD or task < NO_TASK or not ANY_CPU <= cpu < self._cpus or task == cpu == -1:
            raise Refused(Error.EINVAL)
        group = None
        if self._dialect is Dialect.LINUX613:
            group = self._group(task, cpu, inherit, paused, aux, leader, pauses, resumes)
        elif aux or leader is not None or pauses or resumes:
            raise Refused(Error.EINVAL)  # 8.10
        elif paused and self._dialect is Dialect.PATCH2011:
            raise Refused(Error.EINVAL)  # 8.4
        if task in self._forked:
            raise Refused(Error.EINVAL)  # 6.1
        if len(self._own) >= self._max_handles:
            raise Refused(Error.EMFILE)
        if task >= self._roots:
            raise Refused(Error.ESRCH)

        self._issued += 1
        event = _Instance(
            self._issued, None, task, cpu, period,
            inherit=inherit, enabled=enabled, paused=paused, aux=aux, member=group is not None, starts_paused=paused,
        )
        self._own[event.handle] = event
        if inherit and task != NO_TASK:
            self._heirs.setdefault(task, {})[event] = None
        if group is not None:
            event.link(STOPPER if pauses else STARTER, group)
        return event.handle

    def _group(self, task, cpu, inherit, paused, aux, leader, pauses, resumes) -> _Instance | None:
        """8.12 to 8.14: the leader that Open asks for, if any."""
        if pauses and resumes or (pauses or resumes) != (leader is not None):
            raise Refused(Error.EINVAL)
        if paused and not aux:
            raise Refused(Error.EOPNOTSUPP)
        if leader is None:
            return None
        found = self._event(leader)
        if (
            not found.aux or found.member or (found.task, found.cpu) != (task, cpu)
            or task != NO_TASK and found.inherit != inherit
        ):
            raise Refused(Error.EINVAL)
        return found

    @_call
    def close(self, event: int) -> None:
        own = self._event(event)
        del self._own[event]
        if own.inherit and own.task != NO_TASK:
            del self._heirs[own.task][own]
        members = [*own.triggers[STARTER], *own.triggers[STOPPER]] if self._dialect is Dialect.LINUX613 else ()
        own.unlink()
        for member in members:
            member.fail()  # 8.19

    def set_starter(self, trigger: int, target: int) -> None:
        self._set(STARTER, trigger, target)

    def set_stopper(self, trigger: int, target: int) -> None:
        self._set(STOPPER, trigger, target)

    @_call
    def _set(self, role: int, trigger: int, target: int) -> None:
        source = self._event(trigger)
        if self._dialect is Dialect.LINUX613:
            raise Refused(Error.ENOTTY)  # 8.11
        moved = self._event(target)
        if (source.task, source.cpu) != (moved.task, moved.cpu):
            raise Refused(Error.EINVAL)
        if source.period == 0 and self._dialect is Dialect.AMENDED:
            raise Refused(Error.EINVAL)  # 8.7
        if moved.triggers[role]:
            raise Refused(Error.EEXIST if source in moved.triggers[role] else Error.EBUSY)
        source.link(role, moved)

    @_call
    def enable(self, event: int) -> None:
        own = self._event(event)
        own.enable()
        for copy in own.copies.values():
            copy.enable()

    @_call
    def disable(self, event: int) -> None:
        own = self._event(event)
        own.disable()
        for copy in own.copies.values():
            copy.disable()

    @_call
    def total_count(self, event: int) -> int:
        own = self._event(event)
        total = own.count + own.left + sum(copy.count for copy in own.copies.values())
        if total > MAX_TOTAL:
            raise Refused(Error.EOVERFLOW)
        return total

    @_call
    def fork(self, task: int, child: int) -> None:
        if not 0 <= task < self._roots and task not in self._running:
            raise Refused(Error.ESRCH)
        if 0 <= child < self._roots or child in self._forked:
            raise Refused(Error.EEXIST)
        if self._roots + len(self._forked) == self._tasks:
            raise Refused(Error.EAGAIN)
        if not 0 <= child < self._tasks:
            raise Refused(Error.EINVAL)
        self._forked.add(child)
        self._running.add(child)
        copies = {source: self._copy(source, child) for source in self._heirs.get(task, ())}
        for source, copy in copies.items():
            for role in ROLES:
                for target in source.targets[role]:
                    if target in copies:
                        copy.link(role, copies[target])
        self._heirs[child] = dict.fromkeys(copies.values())

    def _copy(self, source: _Instance, child: int) -> _Instance:
        if self._dialect is Dialect.AMENDED:
            paused = source.paused  # 8.9
        else:
            paused = source.starts_paused  # 8.8, 8.22
        copy = _Instance(
            source.handle, child, child, source.cpu, source.period,
            inherit=True, enabled=source.enabled, paused=paused,
            aux=source.aux, member=source.member, starts_paused=source.starts_paused,
        )
        self._copies[copy.handle, child] = copy
        own = self._own.get(copy.handle)
        if own is not None:
            own.copies[child] = copy
        return copy

    @_call
    def exit(self, task: int) -> None:
        if task not in self._running:
            raise Refused(Error.ESRCH)
        self._running.remove(task)
        for copy in self._heirs.pop(task):
            copy.unlink()
            del self._copies[copy.handle, task]
            own = self._own.get(copy.handle)
            if own is not None:
                del own.copies[task]
                own.left += copy.count

    # Hardware calls.

    @_call
    def schedule_in(self, event: int, copy: int | None = None) -> None:
        self._instance(event, copy).schedule()

    @_call
    def schedule_out(self, event: int, copy: int | None = None) -> None:
        self._instance(event, copy).scheduled = False

    @_call
    def throttle(self, event: int, copy: int | None = None) -> None:
        self._instance(event, copy).throttled = True

    @_call
    def unthrottle(self, event: int, copy: int | None = None) -> None:
        self._instance(event, copy).throttled = False

    @_call
    def tick(self, event: int, amount: int, copy: int | None = None) -> int | None:
        """The overflows delivered, or None if it was ignored."""
        instance = self._instance(event, copy)
        if not 0 <= amount <= MAX_AMOUNT:
            raise Refused(Error.EINVAL)
        if not instance.running:
            return None
        before, period = instance.count, instance.period
        after = before + amount
        if after > MAX_COUNT:
            raise Refused(Error.EOVERFLOW)
        if self._mistake is Mistake.LOST_UPDATE and threading.active_count() > 1:
            self._let_others_in()
        instance.count = after
        overflows = after // period - before // period if period else 0
        if overflows:
            self._deliver(instance, overflows)
        return overflows

    @_call
    def overflow(self, event: int, copy: int | None = None) -> int | None:
        """1, or None if it was ignored."""
        instance = self._instance(event, copy)
        if not instance.running or instance.period == 0:
            return None
        self._deliver(instance, 1)
        return 1

    # Reads.

    @_call
    def count(self, event: int, copy: int | None = None) -> int:
        return self._instance(event, copy).count

    @_call
    def samples(self, event: int, copy: int | None = None) -> int:
        return self._instance(event, copy).samples

    @_call
    def state(self, event: int, copy: int | None = None) -> State:
        instance = self._instance(event, copy)
        if instance.error:
            return State.ERROR
        if not instance.enabled:
            return State.OFF
        return State.ACTIVE if instance.scheduled else State.INACTIVE

    @_call
    def paused(self, event: int, copy: int | None = None) -> bool:
        return self._instance(event, copy).paused

    def starter_of(self, event: int, copy: int | None = None) -> tuple[int, int | None] | None:
        """The owner's handle and, if it is a copy, its task; None if the slot is free."""
        return self._owner(STARTER, event, copy)

    def stopper_of(self, event: int, copy: int | None = None) -> tuple[int, int | None] | None:
        return self._owner(STOPPER, event, copy)

    @_call
    def _owner(self, role: int, event: int, copy: int | None) -> tuple[int, int | None] | None:
        triggers = self._instance(event, copy).triggers[role]
        if self._dialect is Dialect.LINUX613:
            return None  # 8.11
        return next(((owner.handle, owner.copy) for owner in triggers), None)

    # What is the same in several of them.

    def _event(self, handle: int) -> _Instance:
        try:
            return self._own[handle]
        except KeyError:
            raise Refused(Error.EBADF) from None

    def _instance(self, handle: int, copy: int | None) -> _Instance:
        if copy is None:
            return self._event(handle)
        try:
            return self._copies[handle, copy]
        except KeyError:
            raise Refused(Error.EBADF) from None

    def _deliver(self, instance: _Instance, overflows: int) -> None:
        for step in self._program:
            if step == SAMPLE:
                instance.samples += overflows
                continue
            for target in instance.targets[step]:
                if self._dialect is not Dialect.PATCH2011 or target.active:  # 8.2, 8.3, 8.17
                    target.paused = step == STOPPER

    def _let_others_in(self) -> None:
        self._lock.release()
        time.sleep(1e-6)  # 0 would seldom let any in
        self._lock.acquire()
