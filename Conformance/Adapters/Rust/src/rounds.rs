//! Programs of several threads, played in rounds.

use crate::events::Mistake;
use crate::json::Value;
use crate::session::Session;
use crate::{list, undeclared, Failure};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::{hint, thread};

/// All setups come first, and what is after the threads last, so that the threads go from round to round by themselves.
pub fn run<'a>(params: &Value<'a>, mistake: Option<Mistake>) -> Result<Value<'a>, Failure> {
    let (setup, after) = (list(params, "setup")?, list(params, "after")?);
    let programs: Vec<_> = list(params, "threads")?
        .iter()
        .map(|program| if let Value::List(operations) = program { &operations[..] } else { &[] })
        .collect();
    let declared = params.get("declaration").unwrap_or(&Value::Null);
    let rounds = (0..params.int("rounds").unwrap_or(0)).map(|_| Round::new(declared, mistake).ok_or_else(undeclared));
    let rounds = rounds.collect::<Result<Vec<_>, _>>()?;
    let before: Vec<_> = rounds.iter().map(|round| round.session.apply(setup)).collect();
    let mut played: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            programs.iter().map(|program| scope.spawn(|| play(program, &rounds, programs.len()))).collect();
        threads.into_iter().map(|thread| thread.join().expect("calls do not panic").into_iter()).collect()
    });
    let rounds = rounds.iter().zip(before).map(|(round, before)| {
        let threads = played.iter_mut().map(|rows| rows.next().expect("a row for each round")).collect();
        let after = round.session.apply(after);
        Value::object([("setup", before), ("threads", Value::List(threads)), ("after", after)])
    });
    Ok(Value::object([("rounds", Value::List(rounds.collect()))]))
}

struct Round {
    session: Session,
    arrived: AtomicUsize,
    stamp: AtomicU64,
}

impl Round {
    fn new(declared: &Value, mistake: Option<Mistake>) -> Option<Round> {
        let session = Session::new(declared, mistake)?;
        Some(Round { session, arrived: AtomicUsize::new(0), stamp: AtomicU64::new(0) })
    }

    fn stamp(&self) -> u64 {
        self.stamp.fetch_add(1, SeqCst)
    }

    /// Waits until all are here, and says how, if it had to wait. It spins, since those who sleep until they are woken
    /// are woken one after another; but not for ever, since one that is waited for may need the core.
    fn meet(&self, threads: usize) -> Option<Wait> {
        let mut wait = None;
        let mut arrived = self.arrived.fetch_add(1, SeqCst) + 1;
        for spins in 0.. {
            if arrived == threads {
                break;
            }
            if spins < 2_000 {
                wait = Some(Wait::Short);
                hint::spin_loop();
            } else {
                wait = Some(Wait::Long);
                thread::yield_now();
            }
            arrived = self.arrived.load(SeqCst);
        }
        wait
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Wait {
    Short,
    Long,
}

fn play(program: &[Value], rounds: &[Round], threads: usize) -> Vec<Value<'static>> {
    let mut waited = Wait::Short;
    let dice = RandomState::new();
    let play = |(place, round): (usize, &Round)| {
        waited = round.meet(threads).unwrap_or(waited);
        let perform = |operation| {
            let called = round.stamp();
            if waited == Wait::Long && dice.hash_one((place, called)) % 2 == 0 {
                thread::yield_now(); // calls of threads that share a core are too short to meet
            }
            let answer = round.session.perform(operation);
            Value::List(vec![called.into(), round.stamp().into(), answer])
        };
        Value::List(program.iter().map(perform).collect())
    };
    rounds.iter().enumerate().map(play).collect()
}
