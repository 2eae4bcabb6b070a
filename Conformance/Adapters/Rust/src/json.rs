//! As much JSON as the wire needs: a reader that borrows from its line, and a writer.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Numbers are integers of 64 bits; a larger one is read as the nearest.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    pub fn parse(text: &'a str) -> Result<Value<'a>, String> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value()?;
        match reader.peek() {
            None => Ok(value),
            Some(_) => reader.fail("more behind the value"),
        }
    }

    pub fn object<const N: usize>(members: [(&'static str, Value<'a>); N]) -> Value<'a> {
        Value::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        match self {
            Value::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn list(&self, key: &str) -> Option<&[Value<'a>]> {
        match self.get(key)? {
            Value::List(elements) => Some(elements),
            _ => None,
        }
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.get(key) == Some(&Value::Bool(true))
    }
}

impl From<&'static str> for Value<'_> {
    fn from(text: &'static str) -> Self {
        Value::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(text.into())
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| number.to_string().into(), Value::Int)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn skip(&mut self, expected: u8) -> bool {
        let found = self.peek() == Some(expected);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, expected: u8) -> Result<(), String> {
        if self.skip(expected) {
            return Ok(());
        }
        self.fail(&format!("no {:?}", expected as char))
    }

    fn fail<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("JSON, at byte {}: {what}", self.at))
    }

    fn value(&mut self) -> Result<Value<'a>, String> {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn object(&mut self) -> Result<Value<'a>, String> {
        let mut members = Vec::new();
        self.expect(b'{')?;
        while !self.skip(b'}') {
            if !members.is_empty() {
                self.expect(b',')?;
            }
            let key = self.string()?;
            self.expect(b':')?;
            members.push((key, self.value()?));
        }
        Ok(Value::Object(members))
    }

    fn list(&mut self) -> Result<Value<'a>, String> {
        let mut elements = Vec::new();
        self.expect(b'[')?;
        while !self.skip(b']') {
            if !elements.is_empty() {
                self.expect(b',')?;
            }
            elements.push(self.value()?);
        }
        Ok(Value::List(elements))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, String> {
        self.expect(b'"')?;
        let rest = &self.text[self.at..];
        let Some(end) = rest.find(['"', '\\']) else { return self.fail("a string without an end") };
        if rest.as_bytes()[end] == b'"' {
            self.at += end + 1;
            return Ok(rest[..end].into());
        }
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find(['"', '\\']) else { return self.fail("a string without an end") };
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Ok(text.into());
            }
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        let kind = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match kind {
            Some(plain @ (b'"' | b'\\' | b'/')) => plain as char,
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let mut code = self.hex()?;
                if (0xD800..0xDC00).contains(&code) && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    code = 0x10000 + ((code - 0xD800) << 10) + self.hex()?.wrapping_sub(0xDC00) % 0x400;
                }
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return self.fail("an unknown escape"),
        })
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        digits.map_or_else(|| self.fail("no four hexadecimal digits"), Ok)
    }

    fn number(&mut self) -> Result<Value<'a>, String> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
        let digits = &rest[..end];
        // What is no integer of 64 bits goes by way of f64, whose conversion saturates.
        let Some(number) = digits.parse().ok().or_else(|| digits.parse().ok().map(|number: f64| number as i64)) else {
            return self.fail("no number");
        };
        self.at += end;
        Ok(Value::Int(number))
    }

    fn word(&mut self) -> Result<Value<'a>, String> {
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.fail("no value")
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => out.write_str("null"),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Int(number) => write!(out, "{number}"),
            Value::Text(text) => quote(text, out),
            Value::List(elements) => {
                out.write_char('[')?;
                for (place, element) in elements.iter().enumerate() {
                    if place > 0 {
                        out.write_char(',')?;
                    }
                    element.fmt(out)?;
                }
                out.write_char(']')
            }
            Value::Object(members) => {
                out.write_char('{')?;
                for (place, (key, value)) in members.iter().enumerate() {
                    if place > 0 {
                        out.write_char(',')?;
                    }
                    quote(key, out)?;
                    out.write_char(':')?;
                    value.fmt(out)?;
                }
                out.write_char('}')
            }
        }
    }
}

fn quote(text: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    while let Some(end) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        out.write_str(&rest[..end])?;
        write!(out, "\\u{:04x}", rest.as_bytes()[end])?;
        rest = &rest[end + 1..];
    }
    out.write_str(rest)?;
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_was_read() {
        let text = r#"{"a":[1,-2,9223372036854775807,true,null,{}],"b":"x y"}"#;
        assert_eq!(Value::parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn escapes_are_read() {
        let value = Value::parse(r#" [ "\u00e9\n\ud83d\ude00\"" , 1e3 , 18446744073709551616 ] "#).unwrap();
        let expected = [Value::Text("é\n😀\"".into()), Value::Int(1000), Value::Int(i64::MAX)];
        assert_eq!(value, Value::List(expected.into()));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "{", "[1 2]", "\"a", "tru", "{\"a\" 1}", "1 2", "\"\\x\"", "-"] {
            assert!(Value::parse(text).is_err(), "{text}");
        }
    }
}
