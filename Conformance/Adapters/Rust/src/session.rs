//! The operations of the wire: a system, and the names that the suite gives to its handles.

use crate::events::{Attributes, Declaration, Dialect, Error, Events, Handle, Id, Mistake, NONE};
use crate::json::Value;
use std::collections::HashMap;
use std::fmt::Debug;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::RwLock;

const DIALECTS: [Dialect; 3] = [Dialect::Patch2011, Dialect::Amended, Dialect::Linux613];

pub struct Session {
    events: Events,
    names: RwLock<HashMap<i64, Handle>>,
}

impl Session {
    /// None if no system can be made of the declaration.
    pub fn new(declared: &Value, mistake: Option<Mistake>) -> Option<Session> {
        let name = declared.text("dialect")?;
        let dialect = DIALECTS.into_iter().find(|dialect| format!("{dialect:?}") == name)?;
        let (handles, roots) = (declared.int("handles")?, declared.int("roots")?);
        let (tasks, cpus) = (declared.int("tasks")?, declared.int("cpus")?);
        let events = Events::new(Declaration { dialect, handles, roots, tasks, cpus }, mistake)?;
        Some(Session { events, names: RwLock::default() })
    }

    pub fn apply(&self, operations: &[Value]) -> Value<'static> {
        Value::List(operations.iter().map(|operation| self.perform(operation)).collect())
    }

    pub fn perform(&self, operation: &Value) -> Value<'static> {
        match catch_unwind(AssertUnwindSafe(|| self.call(operation))) {
            Ok(answer) => answer.unwrap_or_else(|error| format!("{error:?}").into()),
            Err(_) => Value::object([("errored", "it panicked".into())]),
        }
    }

    fn call(&self, operation: &Value) -> Result<Value<'static>, Error> {
        let events = &self.events;
        let integer = |key| operation.int(key).unwrap_or_else(|| panic!("{key} is missing"));
        let handle = |key| self.handle(integer(key));
        let event = || handle("event");
        let instance = || Id { handle: event(), copy: operation.int("copy") };
        match operation.text("op").unwrap_or_default() {
            "Open" => events.open(self.attributes(operation)).map(|opened| {
                self.names.write().unwrap().insert(integer("event"), opened);
                Value::Int(opened.0)
            }),
            "Close" => events.close(event()).map(ok),
            "SetStarter" => events.set_starter(handle("trigger"), handle("target")).map(ok),
            "SetStopper" => events.set_stopper(handle("trigger"), handle("target")).map(ok),
            "Enable" => events.enable(event()).map(ok),
            "Disable" => events.disable(event()).map(ok),
            "ScheduleIn" => events.schedule_in(instance()).map(ok),
            "ScheduleOut" => events.schedule_out(instance()).map(ok),
            "Throttle" => events.throttle(instance()).map(ok),
            "Unthrottle" => events.unthrottle(instance()).map(ok),
            "Tick" => events.tick(instance(), integer("amount")).map(delivered),
            "Overflow" => events.overflow(instance()).map(delivered),
            "Count" => events.count(instance()).map(Value::from),
            "Samples" => events.samples(instance()).map(Value::from),
            "TotalCount" => events.total_count(event()).map(Value::from),
            "State" => events.state(instance()).map(word),
            "Paused" => events.paused(instance()).map(word),
            "StarterOf" => events.starter_of(instance()).map(owner),
            "StopperOf" => events.stopper_of(instance()).map(owner),
            "Fork" => events.fork(integer("task"), integer("child")).map(ok),
            "Exit" => events.exit(integer("task")).map(ok),
            other => Ok(Value::object([("skipped", format!("there is no operation {other}").into())])),
        }
    }

    fn handle(&self, name: i64) -> Handle {
        self.names.read().unwrap().get(&name).copied().unwrap_or(Handle::NEVER_ISSUED)
    }

    fn attributes(&self, open: &Value) -> Attributes {
        Attributes {
            task: open.int("task").unwrap_or(NONE),
            cpu: open.int("cpu").unwrap_or(NONE),
            period: open.int("period").unwrap_or(0),
            inherit: open.is_true("inherit"),
            enabled: open.is_true("enabled"),
            paused: open.is_true("paused"),
            aux: open.is_true("aux"),
            leader: open.int("leader").map(|name| self.handle(name)),
            pauses: open.is_true("pauses"),
            resumes: open.is_true("resumes"),
        }
    }
}

fn ok(_: ()) -> Value<'static> {
    "ok".into()
}

fn word(word: impl Debug) -> Value<'static> {
    format!("{word:?}").to_lowercase().into()
}

fn delivered(overflows: Option<u64>) -> Value<'static> {
    overflows.map_or("ignored".into(), Value::from)
}

fn owner(found: Option<Id>) -> Value<'static> {
    match found {
        None => "none".into(),
        Some(Id { handle, copy: None }) => Value::object([("owner", Value::Int(handle.0))]),
        Some(Id { handle, copy: Some(task) }) => {
            Value::object([("owner", Value::Int(handle.0)), ("copy", Value::Int(task))])
        }
    }
}
