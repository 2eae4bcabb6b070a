//! Starter and stopper events (SPEC.md): a system without locks, in all three dialects.
//!
//! The state is a value that is never changed. A step (7.1) makes another from it and puts that in its place, if no
//! other step came between, and else begins again. A state shares with its successor whatever the step left as it was.

use crate::map::{Map, Set};
use crate::shared::Shared;
use std::sync::Arc;

pub const NONE: i64 = -1;
const MAX_COUNT: u64 = (1 << 53) - 1;
const MAX_AMOUNT: i64 = (1 << 32) - 1;
const MAX_TOTAL: u128 = (1 << 63) - 1;
const MAX_DECLARED: i64 = (1 << 31) - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Patch2011,
    Amended,
    Linux613,
}

#[allow(clippy::upper_case_acronyms)] // so that they are found by the names that SPEC.md has
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    EBADF,
    EINVAL,
    EEXIST,
    EBUSY,
    EMFILE,
    ESRCH,
    EOVERFLOW,
    EAGAIN,
    ENOTTY,
    EOPNOTSUPP,
}

pub type Result<T> = std::result::Result<T, Error>;

/// What can be broken on purpose, to see that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    StoppersFirst,
    LostUpdate,
}

#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    pub dialect: Dialect,
    pub handles: i64,
    pub roots: i64,
    pub tasks: i64,
    pub cpus: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub i64);

impl Handle {
    pub const NEVER_ISSUED: Handle = Handle(-1);
}

/// An instance: an event's own, or its copy in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    pub handle: Handle,
    pub copy: Option<i64>,
}

impl From<Handle> for Id {
    fn from(handle: Handle) -> Self {
        Id { handle, copy: None }
    }
}

/// What Open is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Attributes {
    pub task: i64,
    pub cpu: i64,
    pub period: i64,
    pub inherit: bool,
    pub enabled: bool,
    pub paused: bool,
    pub aux: bool,
    pub leader: Option<Handle>,
    pub pauses: bool,
    pub resumes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    Off,
    Inactive,
    Active,
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    Paused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Starter,
    Stopper,
}

impl Role {
    const BOTH: [Role; 2] = [Role::Starter, Role::Stopper];
}

/// The program of an overflow behind its admission (7.3).
#[derive(Clone, Copy)]
enum Phase {
    Visits(Role),
    Sample,
}

/// A link is kept at both ends, by role: what this instance moves, and what moves it. Where there are slots, `triggers`
/// has one element or none.
#[derive(Clone)]
struct Instance {
    task: i64,
    cpu: i64,
    period: u64,
    inherit: bool,
    aux: bool,
    member: bool,
    starts_paused: bool,
    enabled: bool,
    scheduled: bool,
    throttled: bool,
    error: bool,
    gate: Gate,
    count: u64,
    samples: u64,
    targets: [Set<Id>; 2],
    triggers: [Set<Id>; 2],
}

impl Instance {
    fn is_active(&self) -> bool {
        self.enabled && self.scheduled
    }

    fn is_running(&self) -> bool {
        self.is_active() && self.gate == Gate::Open && !self.throttled
    }

    fn enable(&mut self) {
        self.throttled &= self.is_active() || !self.scheduled; // 5.3
        self.enabled = true;
        self.error = false;
    }

    fn schedule(&mut self) {
        self.throttled &= self.is_active() || !self.enabled; // 5.3
        self.scheduled = true;
    }
}

/// What a live handle has beside its own instance.
#[derive(Clone, Default)]
struct Family {
    copies: Set<i64>,
    left: u128,
}

#[derive(Clone, Default)]
struct State {
    issued: i64,
    handles: i64,
    instances: Map<Id, Arc<Instance>>,
    /// Of each live handle that was ever copied.
    families: Map<Handle, Family>,
    /// What a fork of a task copies.
    heirs: Map<i64, Set<Id>>,
    /// The names that forks took, and whether they run.
    forked: Map<i64, bool>,
    forks: i64,
}

impl State {
    fn get(&self, id: impl Into<Id>) -> Result<&Instance> {
        self.instances.get(&id.into()).map(Arc::as_ref).ok_or(Error::EBADF)
    }

    fn get_mut(&mut self, id: impl Into<Id>) -> Result<&mut Instance> {
        let id = id.into();
        self.get(id)?; // else the way to nowhere would be copied
        self.instances.get_mut(&id).map(Arc::make_mut).ok_or(Error::EBADF)
    }

    fn link(&mut self, trigger: Id, role: Role, target: Id) -> Result<()> {
        self.get_mut(trigger)?.targets[role as usize].insert(target, ());
        self.get_mut(target)?.triggers[role as usize].insert(trigger, ());
        Ok(())
    }

    /// An instance dies, and all its links with it.
    fn remove(&mut self, id: Id) -> Result<Instance> {
        let dead = self.get(id)?.clone();
        self.instances.remove(&id);
        for role in Role::BOTH {
            for target in dead.targets[role as usize].keys().filter(|target| **target != id) {
                self.get_mut(*target)?.triggers[role as usize].remove(&id);
            }
            for trigger in dead.triggers[role as usize].keys().filter(|trigger| **trigger != id) {
                self.get_mut(*trigger)?.targets[role as usize].remove(&id);
            }
        }
        Ok(dead)
    }

    fn add_heir(&mut self, task: i64, id: Id) {
        if !self.heirs.contains(&task) {
            self.heirs.insert(task, Set::default());
        }
        if let Some(heirs) = self.heirs.get_mut(&task) {
            heirs.insert(id, ());
        }
    }

    /// The own instance of an event and its live copies.
    fn everywhere(&self, event: Handle) -> Vec<Id> {
        let family = self.families.get(&event);
        let copies = family.into_iter().flat_map(|family| family.copies.keys());
        let copies = copies.map(|task| Id { handle: event, copy: Some(*task) });
        std::iter::once(event.into()).chain(copies).collect()
    }
}

pub struct Events {
    declared: Declaration,
    mistake: Option<Mistake>,
    program: [Phase; 3],
    state: Shared<State>,
}

impl Events {
    /// None if 9.4 does not allow the declaration.
    pub fn new(declared: Declaration, mistake: Option<Mistake>) -> Option<Self> {
        use Phase::{Sample, Visits};
        let Declaration { dialect, handles, roots, tasks, cpus } = declared;
        if handles < 1 || roots < 1 || tasks < roots || cpus < 0 || handles.max(tasks).max(cpus) > MAX_DECLARED {
            return None;
        }
        let program = match dialect {
            Dialect::Linux613 => [Visits(Role::Stopper), Sample, Visits(Role::Starter)], // 8.16
            _ if mistake == Some(Mistake::StoppersFirst) => [Visits(Role::Stopper), Visits(Role::Starter), Sample],
            _ => [Visits(Role::Starter), Visits(Role::Stopper), Sample], // 4.9, 4.10, 4.12
        };
        Some(Events { declared, mistake, program, state: Shared::new(State::default()) })
    }

    pub fn open(&self, asked: Attributes) -> Result<Handle> {
        let Declaration { dialect, handles, roots, cpus, .. } = self.declared;
        let Attributes { task, cpu, period, paused, .. } = asked;
        let period = u64::try_from(period).ok().filter(|period| *period <= MAX_COUNT).ok_or(Error::EINVAL)?;
        if task < NONE || !(NONE..cpus).contains(&cpu) || (task, cpu) == (NONE, NONE) {
            return Err(Error::EINVAL);
        }
        let in_group = asked.pauses || asked.resumes;
        let refused = match dialect {
            Dialect::Patch2011 => paused || asked.aux || in_group || asked.leader.is_some(), // 8.4, 8.10
            Dialect::Amended => asked.aux || in_group || asked.leader.is_some(),
            Dialect::Linux613 => asked.pauses && asked.resumes || in_group != asked.leader.is_some(), // 8.12
        };
        if refused {
            return Err(Error::EINVAL);
        }
        if dialect == Dialect::Linux613 && paused && !asked.aux {
            return Err(Error::EOPNOTSUPP);
        }
        self.step(|state| {
            if let Some(leader) = asked.leader {
                let leader = state.get(leader)?;
                let of_one_kind =
                    (leader.task, leader.cpu) == (task, cpu) && (task == NONE || leader.inherit == asked.inherit);
                if !leader.aux || leader.member || !of_one_kind {
                    return Err(Error::EINVAL); // 8.14
                }
            }
            if state.forked.contains(&task) {
                return Err(Error::EINVAL); // 6.1
            }
            if state.handles == handles {
                return Err(Error::EMFILE);
            }
            if task >= roots {
                return Err(Error::ESRCH);
            }
            state.issued += 1;
            state.handles += 1;
            let event = Id::from(Handle(state.issued));
            let own = Instance {
                task,
                cpu,
                period,
                inherit: asked.inherit,
                aux: asked.aux,
                member: asked.leader.is_some(),
                starts_paused: paused,
                enabled: asked.enabled,
                scheduled: false,
                throttled: false,
                error: false,
                gate: if paused { Gate::Paused } else { Gate::Open },
                count: 0,
                samples: 0,
                targets: Default::default(),
                triggers: Default::default(),
            };
            state.instances.insert(event, Arc::new(own));
            if asked.inherit && task != NONE {
                state.add_heir(task, event);
            }
            if let Some(leader) = asked.leader {
                let role = if asked.pauses { Role::Stopper } else { Role::Starter };
                state.link(event, role, leader.into())?;
            }
            Ok(event.handle)
        })
    }

    pub fn close(&self, event: Handle) -> Result<()> {
        self.step(|state| {
            let dead = state.remove(event.into())?;
            state.handles -= 1;
            if let Some(heirs) = state.heirs.get_mut(&dead.task) {
                heirs.remove(&event.into());
            }
            state.families.remove(&event);
            if self.declared.dialect == Dialect::Linux613 {
                for member in dead.triggers.iter().flat_map(Set::keys) {
                    let member = state.get_mut(*member)?;
                    (member.enabled, member.error) = (false, true); // 8.19
                }
            }
            Ok(())
        })
    }

    pub fn set_starter(&self, trigger: Handle, target: Handle) -> Result<()> {
        self.set(Role::Starter, trigger, target)
    }

    pub fn set_stopper(&self, trigger: Handle, target: Handle) -> Result<()> {
        self.set(Role::Stopper, trigger, target)
    }

    fn set(&self, role: Role, trigger: Handle, target: Handle) -> Result<()> {
        self.step(|state| {
            let source = state.get(trigger)?;
            if self.declared.dialect == Dialect::Linux613 {
                return Err(Error::ENOTTY); // 8.11
            }
            let moved = state.get(target)?;
            if (source.task, source.cpu) != (moved.task, moved.cpu) {
                return Err(Error::EINVAL);
            }
            if self.declared.dialect == Dialect::Amended && source.period == 0 {
                return Err(Error::EINVAL); // 8.7
            }
            let owner = moved.triggers[role as usize].keys().next().copied();
            match owner {
                Some(owner) if owner == trigger.into() => Err(Error::EEXIST),
                Some(_) => Err(Error::EBUSY),
                None => state.link(trigger.into(), role, target.into()),
            }
        })
    }

    pub fn enable(&self, event: Handle) -> Result<()> {
        self.change_everywhere(event, Instance::enable)
    }

    pub fn disable(&self, event: Handle) -> Result<()> {
        self.change_everywhere(event, |instance| instance.enabled = false)
    }

    fn change_everywhere(&self, event: Handle, change: impl Fn(&mut Instance)) -> Result<()> {
        self.step(|state| {
            for id in state.everywhere(event) {
                change(state.get_mut(id)?);
            }
            Ok(())
        })
    }

    pub fn total_count(&self, event: Handle) -> Result<u64> {
        let state = self.state.load();
        let mut total = state.families.get(&event).map_or(0, |family| family.left);
        for id in state.everywhere(event) {
            total += u128::from(state.get(id)?.count);
        }
        if total > MAX_TOTAL {
            return Err(Error::EOVERFLOW);
        }
        Ok(total as u64)
    }

    pub fn fork(&self, task: i64, child: i64) -> Result<()> {
        let Declaration { dialect, roots, tasks, .. } = self.declared;
        self.step(|state| {
            if !(0..roots).contains(&task) && state.forked.get(&task) != Some(&true) {
                return Err(Error::ESRCH);
            }
            if (0..roots).contains(&child) || state.forked.contains(&child) {
                return Err(Error::EEXIST);
            }
            if roots + state.forks == tasks {
                return Err(Error::EAGAIN);
            }
            if !(0..tasks).contains(&child) {
                return Err(Error::EINVAL);
            }
            state.forked.insert(child, true);
            state.forks += 1;
            let sources = state.heirs.get(&task).cloned().unwrap_or_default();
            let in_child = |source: &Id| Id { handle: source.handle, copy: Some(child) };
            for source in sources.keys() {
                let from = state.get(*source)?;
                let paused = match dialect {
                    Dialect::Amended => from.gate == Gate::Paused, // 8.9
                    _ => from.starts_paused,                       // 8.8, 8.22
                };
                let copies = |ends: &Set<Id>| {
                    let mut copies = Set::default();
                    for end in ends.keys().filter(|end| sources.contains(end)) {
                        copies.insert(in_child(end), ());
                    }
                    copies
                };
                let copy = Instance {
                    task: child,
                    scheduled: false,
                    throttled: false,
                    error: false,
                    gate: if paused { Gate::Paused } else { Gate::Open },
                    count: 0,
                    samples: 0,
                    targets: [copies(&from.targets[0]), copies(&from.targets[1])],
                    triggers: [copies(&from.triggers[0]), copies(&from.triggers[1])],
                    ..*from
                };
                state.instances.insert(in_child(source), Arc::new(copy));
                state.add_heir(child, in_child(source));
                if state.get(source.handle).is_ok() {
                    let mut family = state.families.get(&source.handle).cloned().unwrap_or_default();
                    family.copies.insert(child, ());
                    state.families.insert(source.handle, family);
                }
            }
            Ok(())
        })
    }

    pub fn exit(&self, task: i64) -> Result<()> {
        self.step(|state| {
            if state.forked.get(&task) != Some(&true) {
                return Err(Error::ESRCH);
            }
            state.forked.insert(task, false);
            for copy in state.heirs.get(&task).cloned().unwrap_or_default().keys() {
                let dead = state.remove(*copy)?;
                if let Some(family) = state.families.get_mut(&copy.handle) {
                    family.copies.remove(&task);
                    family.left += u128::from(dead.count);
                }
            }
            state.heirs.remove(&task);
            Ok(())
        })
    }

    pub fn schedule_in(&self, id: Id) -> Result<()> {
        self.change(id, Instance::schedule)
    }

    pub fn schedule_out(&self, id: Id) -> Result<()> {
        self.change(id, |instance| instance.scheduled = false)
    }

    pub fn throttle(&self, id: Id) -> Result<()> {
        self.change(id, |instance| instance.throttled = true)
    }

    pub fn unthrottle(&self, id: Id) -> Result<()> {
        self.change(id, |instance| instance.throttled = false)
    }

    fn change(&self, id: Id, change: impl Fn(&mut Instance)) -> Result<()> {
        self.step(|state| state.get_mut(id).map(&change))
    }

    /// The overflows delivered, or None if it was ignored.
    pub fn tick(&self, id: Id, amount: i64) -> Result<Option<u64>> {
        self.overflowing(id, |state| {
            let instance = state.get(id)?;
            if !(0..=MAX_AMOUNT).contains(&amount) {
                return Err(Error::EINVAL);
            }
            if !instance.is_running() {
                return Ok(None);
            }
            let (before, after) = (instance.count, instance.count + amount as u64);
            if after > MAX_COUNT {
                return Err(Error::EOVERFLOW);
            }
            let period = instance.period;
            state.get_mut(id)?.count = after;
            let multiples = |count: u64| count.checked_div(period).unwrap_or(0);
            Ok(Some(multiples(after) - multiples(before)))
        })
    }

    /// 1, or None if it was ignored.
    pub fn overflow(&self, id: Id) -> Result<Option<u64>> {
        self.overflowing(id, |state| {
            let instance = state.get(id)?;
            Ok((instance.is_running() && instance.period > 0).then_some(1))
        })
    }

    /// An admission (7.3, 7.7), and what follows if it finds overflows. A visit may come late (7.5), so that of all
    /// links that were held at the admission is as good as any.
    fn overflowing(&self, id: Id, admit: impl Fn(&mut State) -> Result<Option<u64>>) -> Result<Option<u64>> {
        let (delivered, targets) = self.step(|state| Ok((admit(state)?, state.get(id)?.targets.clone())))?;
        let overflows = match delivered {
            None | Some(0) => return Ok(delivered),
            Some(overflows) => overflows,
        };
        for phase in self.program {
            match phase {
                Phase::Visits(role) => {
                    for target in targets[role as usize].keys() {
                        self.visit(*target, role);
                    }
                }
                Phase::Sample => {
                    // Is it dead, there is nothing to add to (4.12).
                    let _ = self.change(id, |instance| instance.samples += overflows);
                }
            }
        }
        Ok(delivered)
    }

    fn visit(&self, target: Id, role: Role) {
        let gate = if role == Role::Starter { Gate::Open } else { Gate::Paused };
        // A visit of what is dead does nothing (7.5).
        let _ = self.change(target, |target| {
            if self.declared.dialect != Dialect::Patch2011 || target.is_active() {
                target.gate = gate; // 8.2, 8.3, 8.17
            }
        });
    }

    pub fn count(&self, id: Id) -> Result<u64> {
        self.state.load().get(id).map(|instance| instance.count)
    }

    pub fn samples(&self, id: Id) -> Result<u64> {
        self.state.load().get(id).map(|instance| instance.samples)
    }

    pub fn state(&self, id: Id) -> Result<Activity> {
        self.state.load().get(id).map(|instance| match instance {
            Instance { error: true, .. } => Activity::Error,
            Instance { enabled: false, .. } => Activity::Off,
            Instance { scheduled: false, .. } => Activity::Inactive,
            _ => Activity::Active,
        })
    }

    pub fn paused(&self, id: Id) -> Result<Gate> {
        self.state.load().get(id).map(|instance| instance.gate)
    }

    pub fn starter_of(&self, id: Id) -> Result<Option<Id>> {
        self.owner(Role::Starter, id)
    }

    pub fn stopper_of(&self, id: Id) -> Result<Option<Id>> {
        self.owner(Role::Stopper, id)
    }

    fn owner(&self, role: Role, id: Id) -> Result<Option<Id>> {
        let state = self.state.load();
        let owner = state.get(id)?.triggers[role as usize].keys().next().copied();
        Ok(owner.filter(|_| self.declared.dialect != Dialect::Linux613)) // 8.11
    }

    /// What the closure does to the state is one step; what it answers an error for is none.
    fn step<T>(&self, change: impl Fn(&mut State) -> Result<T>) -> Result<T> {
        loop {
            let before = self.state.load();
            let mut after = State::clone(&before);
            let answer = change(&mut after)?;
            if self.mistake == Some(Mistake::LostUpdate) {
                std::thread::yield_now(); // also where threads share a core
                self.state.store(after);
                return Ok(answer);
            }
            if self.state.compare_exchange(&before, after) {
                return Ok(answer);
            }
        }
    }
}
