//! The wire of SPEC.md's annex over stdin and stdout, in front of the system of `events`; or the vectors of a folder on it.

mod events;
mod json;
mod map;
mod rounds;
mod session;
mod shared;
mod vectors;

use events::Mistake;
use json::Value;
use session::Session;
use std::io::{self, BufRead, Write};
use std::{env, process};

const WELCOME: &str = r#"{
    "protocol": 1, "name": "events.rs", "language": "Rust", "dialects": ["Patch2011", "Amended", "Linux613"],
    "profiles": ["core", "inheritance", "concurrency"], "threads": 8
}"#;

const USAGE: &str = "usage: events [--vectors FOLDER] [--mistake stoppers-first | lost-update]";

/// A code of JSON-RPC or of the wire, and what to say with it.
type Failure = (i64, String);

fn main() -> io::Result<()> {
    let (folder, mistake) = arguments(env::args().skip(1)).unwrap_or_else(|| fail(USAGE));
    if let Some(folder) = folder {
        let all_pass = vectors::run(&folder, mistake).unwrap_or_else(|(_, message)| fail(&message));
        process::exit(i32::from(!all_pass));
    }
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

/// The folder of vectors, if there is one, and the mistake.
fn arguments(mut given: impl Iterator<Item = String>) -> Option<(Option<String>, Option<Mistake>)> {
    let (mut folder, mut mistake) = (None, None);
    while let Some(name) = given.next() {
        match (name.as_str(), given.next()?) {
            ("--vectors", value) => folder = Some(value),
            ("--mistake", value) if value == "stoppers-first" => mistake = Some(Mistake::StoppersFirst),
            ("--mistake", value) if value == "lost-update" => mistake = Some(Mistake::LostUpdate),
            _ => return None,
        }
    }
    Some((folder, mistake))
}

fn fail<T>(message: &str) -> T {
    eprintln!("{message}");
    process::exit(2)
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
        "run" => rounds::run(params, mistake),
        other => Err((-32601, format!("there is no method {other}, or not yet"))),
    }
}

fn undeclared() -> Failure {
    (-32602, "no system can be made of this declaration".into())
}

fn list<'v, 'a>(params: &'v Value<'a>, key: &str) -> Result<&'v [Value<'a>], Failure> {
    params.list(key).ok_or_else(|| (-32602, format!("{key} is no list")))
}
