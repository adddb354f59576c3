//! SARIF 2.1.0, the format of code scanners: a rule for each law, a result for each failure.

use crate::cargo::Workspace;
use crate::gate::{Failure, Outcome, Place, TestResult};
use reveille::Law;
use serde_json::{Value, json};
use std::path::Path;

pub(super) fn write(outcome: &Outcome, _workspace: &Workspace) -> String {
    let rules: Vec<Value> = Law::ALL
        .iter()
        .map(|law| {
            json!({
                "id": law.name(),
                "shortDescription": { "text": law.sentence() },
                "help": { "text": format!("cargo reveille explain {}", law.name()) },
            })
        })
        .collect();
    let results: Vec<Value> = outcome
        .failed()
        .flat_map(|test| test.failures.iter().map(move |failure| result(test, failure)))
        .collect();
    let sarif = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "reveille",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&sarif).unwrap_or_default() + "\n"
}

fn result(test: &TestResult, failure: &Failure) -> Value {
    let mut places = failure.places.iter();
    let first = places.next();
    let mut result = json!({
        "level": "error",
        "message": { "text": format!("{}: {}\n\n{}", test.full_name(), failure.sentence, failure.report.trim()) },
        "locations": first.map(location).into_iter().collect::<Vec<_>>(),
        "relatedLocations": places.enumerate().map(|(id, place)| related(id, place)).collect::<Vec<_>>(),
        // The same failure of the same test is the same alert.
        "partialFingerprints": {
            "reveille/v1": format!("{}/{}", test.full_name(), failure.law.as_deref().unwrap_or("failed")),
        },
    });
    if let Some(law) = &failure.law {
        result["ruleId"] = json!(law);
    }
    result
}

fn location(place: &Place) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line.max(1) },
        },
    })
}

fn related(id: usize, place: &Place) -> Value {
    let mut location = location(place);
    location["id"] = json!(id);
    location["message"] = json!({ "text": place.what });
    location
}

/// A path as a reference of RFC 3986, in which only some characters stand for themselves.
fn uri(file: &str) -> String {
    let absolute = if Path::new(file).is_absolute() { "file://" } else { "" };
    let mut uri = absolute.to_owned();
    for byte in file.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_failure_is_a_result_with_its_rule_and_its_places() {
        let text = write(&samples::one_of_each(), &samples::workspace());
        let sarif: Value = serde_json::from_str(&text).unwrap();
        let run = &sarif["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        assert_eq!(results[0]["ruleId"], "stale-waker");
        let place = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "src/lib.rs");
        assert_eq!(place["region"]["startLine"], 30);
        let related = &results[0]["relatedLocations"][0];
        assert_eq!(related["message"]["text"], "woken");
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let named = |rule: &Value| results.iter().any(|result| result["ruleId"] == rule["id"]);
        assert_eq!(rules.iter().filter(|rule| named(rule)).count(), 1);
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("src/größe b.rs"), "src/gr%C3%B6%C3%9Fe%20b.rs");
        assert_eq!(uri("/x/y.rs"), "file:///x/y.rs");
    }
}
