//! An adapter to be written: it speaks the wire of SPEC.md's annex, and skips every operation. IMPLEMENTING.md has the order to write them in.

#[allow(dead_code)]
mod json;

use json::Value;
use std::collections::HashMap;
use std::io::{self, BufRead, Write};

/// `dialects` are those you offer. To claim inheritance and concurrency, add them to `profiles`; the latter needs the method `run`.
const WELCOME: &str = r#"{
    "protocol": 1, "name": "mine", "language": "Rust", "dialects": ["Patch2011", "Amended", "Linux613"],
    "profiles": ["core"], "threads": 1
}"#;

/// A system, and the handles that the suite's names stand for. A name that is not there stands for a handle that was never issued.
#[derive(Default)]
#[allow(dead_code)]
struct Session {
    handles: HashMap<i64, i64>,
}

impl Session {
    /// Answers `"ok"`, a number, a word, an error such as `"EBADF"`, or `{"owner": handle}`.
    fn perform(&mut self, operation: &Value) -> Value<'static> {
        let op = operation.text("op").unwrap_or_default();
        Value::object([("skipped", format!("{op} is not written yet").into())])
    }
}

fn main() -> io::Result<()> {
    let mut session = Session::default();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let request = match Value::parse(&line) {
            Ok(request) => request,
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        let params = request.get("params").unwrap_or(&Value::Null);
        let (key, value) = match request.text("method").unwrap_or_default() {
            "hello" if params.int("protocol") == Some(1) => ("result", Value::parse(WELCOME).expect("it is JSON")),
            "hello" => ("error", error(-32000, "this adapter speaks protocol 1")),
            "reset" => {
                session = Session::default();
                ("result", Value::object([]))
            }
            "apply" => {
                let operations = params.list("operations").unwrap_or_default();
                let answers = operations.iter().map(|operation| session.perform(operation)).collect();
                ("result", Value::object([("answers", Value::List(answers))]))
            }
            _ => ("error", error(-32601, "there is no such method, or not yet")),
        };
        let id = request.get("id").cloned().unwrap_or(Value::Null);
        println!("{}", Value::object([("jsonrpc", "2.0".into()), ("id", id), (key, value)]));
        io::stdout().flush()?;
    }
    Ok(())
}

fn error(code: i64, message: &'static str) -> Value<'static> {
    Value::object([("code", Value::Int(code)), ("message", message.into())])
}
