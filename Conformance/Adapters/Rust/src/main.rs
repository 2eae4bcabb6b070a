//! The wire of SPEC.md's annex over stdin and stdout, in front of the system of `events`.

mod events;
mod json;
mod map;
mod session;
mod shared;

use events::Mistake;
use json::Value;
use session::Session;
use std::io::{self, BufRead, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::{env, hint, process, thread};

const WELCOME: &str = r#"{
    "protocol": 1, "name": "events.rs", "language": "Rust", "dialects": ["Patch2011", "Amended", "Linux613"],
    "profiles": ["core", "inheritance", "concurrency"], "threads": 8
}"#;

/// A code of JSON-RPC or of the wire, and what to say with it.
type Failure = (i64, String);

fn main() -> io::Result<()> {
    let mistake = mistake();
    let mut session = None;
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let request = Value::parse(&line).map_err(|error| (-32700, error));
        let response =
            request.as_ref().map_err(Failure::clone).and_then(|request| respond(request, &mut session, mistake));
        let (key, value) = match response {
            Ok(result) => ("result", result),
            Err((code, message)) => ("error", Value::object([("code", Value::Int(code)), ("message", message.into())])),
        };
        let id = request.ok().and_then(|request| request.get("id").cloned()).unwrap_or(Value::Null);
        let response = Value::object([("jsonrpc", "2.0".into()), ("id", id), (key, value)]);
        output.write_all(format!("{response}\n").as_bytes())?;
        output.flush()?;
    }
    Ok(())
}

fn mistake() -> Option<Mistake> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => None,
        ["--mistake", "stoppers-first"] => Some(Mistake::StoppersFirst),
        ["--mistake", "lost-update"] => Some(Mistake::LostUpdate),
        _ => {
            eprintln!("usage: events [--mistake stoppers-first | lost-update]");
            process::exit(2)
        }
    }
}

fn respond<'a>(
    request: &Value<'a>,
    session: &mut Option<Session>,
    mistake: Option<Mistake>,
) -> Result<Value<'a>, Failure> {
    let params = request.get("params").unwrap_or(&Value::Null);
    match request.text("method").unwrap_or_default() {
        "hello" if params.int("protocol") == Some(1) => Ok(Value::parse(WELCOME).expect("it is JSON")),
        "hello" => Err((-32000, "this adapter speaks protocol 1".into())),
        "reset" => {
            *session = Some(Session::new(params, mistake).ok_or_else(undeclared)?);
            Ok(Value::object([]))
        }
        "apply" if session.is_some() => {
            let operations = list(params, "operations")?;
            Ok(Value::object([("answers", session.as_ref().map_or(Value::Null, |session| session.apply(operations)))]))
        }
        "run" => run(params, mistake),
        other => Err((-32601, format!("there is no method {other}, or not yet"))),
    }
}

fn undeclared() -> Failure {
    (-32602, "no system can be made of this declaration".into())
}

fn list<'v, 'a>(params: &'v Value<'a>, key: &str) -> Result<&'v [Value<'a>], Failure> {
    params.list(key).ok_or_else(|| (-32602, format!("{key} is no list")))
}

/// All setups come first, and what is after the threads last, so that the threads go from round to round by themselves.
fn run<'a>(params: &Value<'a>, mistake: Option<Mistake>) -> Result<Value<'a>, Failure> {
    let (setup, after) = (list(params, "setup")?, list(params, "after")?);
    let programs: Vec<_> = list(params, "threads")?
        .iter()
        .map(|program| if let Value::List(operations) = program { &operations[..] } else { &[] })
        .collect();
    let declared = params.get("declaration").unwrap_or(&Value::Null);
    let rounds = (0..params.int("rounds").unwrap_or(0)).map(|_| Round::new(declared, mistake).ok_or_else(undeclared));
    let rounds = rounds.collect::<Result<Vec<_>, _>>()?;
    let before: Vec<_> = rounds.iter().map(|round| round.session.apply(setup)).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let patience = if programs.len() <= cores { 1_000_000 } else { 1_000 };
    let mut played: Vec<_> = thread::scope(|scope| {
        let play =
            |program| rounds.iter().map(|round| round.play(program, programs.len(), patience)).collect::<Vec<_>>();
        let threads: Vec<_> = programs.iter().map(|program| scope.spawn(move || play(program))).collect();
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

    fn play(&self, program: &[Value], threads: usize, patience: u32) -> Value<'static> {
        self.meet(threads, patience);
        let stamp = || self.stamp.fetch_add(1, SeqCst);
        let perform = |operation| {
            let called = stamp();
            let answer = self.session.perform(operation);
            Value::List(vec![called.into(), stamp().into(), answer])
        };
        Value::List(program.iter().map(perform).collect())
    }

    /// It spins, since those who sleep until they are woken are woken one after another; and for long, where there is a
    /// core for each, since those who yield their core to one another are not moved to others.
    fn meet(&self, threads: usize, patience: u32) {
        self.arrived.fetch_add(1, SeqCst);
        for spins in 0.. {
            if self.arrived.load(SeqCst) == threads {
                return;
            }
            let wait = if spins < patience { hint::spin_loop } else { thread::yield_now };
            wait();
        }
    }
}
