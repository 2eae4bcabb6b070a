//! The vectors of a folder, on the system of `events`.

use crate::events::Mistake;
use crate::json::Value;
use crate::session::Session;
use crate::{list, rounds, undeclared, Failure};
use std::collections::HashMap;
use std::{fs, iter};

/// What a vector has for the handles of a system.
type Names = HashMap<i64, i64>;

/// Whether all pass.
pub fn run(folder: &str, mistake: Option<Mistake>) -> Result<bool, Failure> {
    let (mut passed, mut failed) = (0, 0);
    for (kind, check) in [("sequential", sequential as fn(&Value, _) -> _), ("concurrent", concurrent)] {
        let path = format!("{folder}/{kind}.json");
        let text = fs::read_to_string(&path).map_err(|error| (0, format!("{path}: {error}")))?;
        let file = Value::parse(&text).map_err(|error| (0, format!("{path}: {error}")))?;
        for vector in list(&file, "vectors")? {
            let unlike = check(vector, mistake)?;
            *if unlike.is_none() { &mut passed } else { &mut failed } += 1;
            if let (Some(unlike), Some(id), Some(title)) = (unlike, vector.text("id"), vector.text("title")) {
                println!("{id}: {title}: {unlike}");
            }
        }
    }
    println!("{passed} vectors passed, {failed} failed");
    Ok(failed == 0)
}

fn sequential(vector: &Value, mistake: Option<Mistake>) -> Result<Option<String>, Failure> {
    let session = Session::new(get(vector, "declaration"), mistake).ok_or_else(undeclared)?;
    let mut names = Names::default();
    for (number, step) in repeated(list(vector, "steps")?) {
        let (call, expected) = (get(step, "call"), get(step, "answer"));
        let seen = tell(&mut names, call, &session.perform(call));
        if seen != *expected {
            return Ok(Some(format!("step {number}, {call}: expected {expected}, seen {seen}")));
        }
    }
    Ok(None)
}

fn concurrent(vector: &Value, mistake: Option<Mistake>) -> Result<Option<String>, Failure> {
    let steps = list(vector, "setup")?;
    let all = |key| Value::List(repeated(steps).map(|(_, step)| get(step, key).clone()).collect());
    let (setup, expected, threads, after) = (all("call"), all("answer"), get(vector, "threads"), get(vector, "after"));
    let of = |key| (key, get(vector, key).clone());
    let rounds = ("rounds", Value::Int(50));
    let program = Value::object([of("declaration"), ("setup", setup.clone()), of("threads"), of("after"), rounds]);
    for (number, round) in (1..).zip(list(&rounds::run(&program, mistake)?, "rounds")?) {
        let mut names = Names::default();
        let before = tell(&mut names, &setup, get(round, "setup"));
        if before != expected {
            return Ok(Some(format!("setup of round {number}: expected {expected}, seen {before}")));
        }
        tell(&mut names, threads, get(round, "threads")); // an owner may have been seen before its Open returned
        let told = tell(&mut names, threads, get(round, "threads"));
        let seen = Value::object([("threads", told), ("after", tell(&mut names, after, get(round, "after")))]);
        if !list(vector, "outcomes")?.contains(&seen) {
            return Ok(Some(format!("round {number}: expected {}, seen {seen}", get(vector, "outcomes"))));
        }
    }
    Ok(None)
}

fn get<'v, 'a>(value: &'v Value<'a>, key: &str) -> &'v Value<'a> {
    value.get(key).unwrap_or(&Value::Null)
}

fn repeated<'v, 'a>(steps: &'v [Value<'a>]) -> impl Iterator<Item = (usize, &'v Value<'a>)> {
    let times = |step: &Value| step.int("times").unwrap_or(1) as usize;
    (1..).zip(steps).flat_map(move |numbered| iter::repeat(numbered).take(times(numbered.1)))
}

/// The answer to a call, or the answers to a list of calls or of such lists, as a vector has them.
fn tell<'a>(names: &mut Names, call: &Value, answer: &Value<'a>) -> Value<'a> {
    match (call, answer) {
        (Value::List(calls), Value::List(answers)) => {
            Value::List(calls.iter().zip(answers).map(|(call, answer)| tell(names, call, answer)).collect())
        }
        (_, Value::List(stamped)) => tell(names, call, &stamped[2]),
        (_, Value::Int(handle)) if call.text("op") == Some("Open") && learn(names, call, *handle) => "handle".into(),
        _ => match (answer.int("owner"), answer.get("copy")) {
            (None, _) => answer.clone(),
            (Some(handle), None) => Value::object([("owner", name(names, handle))]),
            (Some(handle), Some(task)) => Value::object([("owner", name(names, handle)), ("copy", task.clone())]),
        },
    }
}

/// Whether the Open's own name stands for the handle.
fn learn(names: &mut Names, open: &Value, handle: i64) -> bool {
    open.int("event").is_some_and(|name| *names.entry(handle).or_insert(name) == name)
}

fn name<'a>(names: &Names, handle: i64) -> Value<'a> {
    names.get(&handle).map_or_else(|| format!("handle {handle}").into(), |name| Value::Int(*name))
}
