//! The README, the dashboard and the alert rules name the metrics and labels that are exposed.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::tests::touched;

const README: &str = include_str!("../../README.md");
const DASHBOARD: &str = include_str!("../../config/deploy/grafana-dashboard.json");
const RULES: &str = include_str!("../../config/deploy/prometheus-rules.yaml");

/// The labels that Prometheus adds.
const ADDED: [&str; 2] = ["job", "instance"];
/// `up` is Prometheus's own.
const PREFIXES: [&str; 3] = ["accountcreator_", "process_", "up{"];

/// Every name of a sample with its labels.
fn exposed() -> BTreeMap<String, BTreeSet<String>> {
    let mut names = BTreeMap::<String, BTreeSet<String>>::new();
    for line in touched().text().lines().filter(|line| !line.starts_with('#')) {
        let (name, rest) = line.split_at(line.find(['{', ' ']).unwrap());
        let labels = names.entry(name.to_owned()).or_default();
        labels.extend(rest.starts_with('{').then(|| keys(rest)).into_iter().flatten());
        labels.extend(ADDED.map(str::to_owned));
    }
    names.entry("up".to_owned()).or_default().extend(ADDED.map(str::to_owned));
    names
}

/// The keys of `{a="b",c=~"d,e"} …`.
fn keys(selector: &str) -> Vec<String> {
    let (mut keys, mut rest) = (Vec::new(), &selector[1..]);
    while !rest.starts_with('}') {
        let (key, value) = rest.split_at(rest.find(['=', '!']).unwrap());
        keys.push(key.trim().to_owned());
        let value = value.split_once('"').unwrap().1;
        rest = value.split_once('"').unwrap().1.trim_start_matches([',', ' ']);
    }
    keys
}

/// The name of the family of a sample; of a counter, that of the sample.
fn family(sample: &str) -> &str {
    let part = ["_bucket", "_count", "_sum"].iter().find_map(|part| sample.strip_suffix(part));
    part.unwrap_or(sample)
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Every metric of a query with the labels that are selected by, and the labels that are grouped by.
fn read(query: &str) -> (Vec<(String, Vec<String>)>, Vec<String>) {
    let (mut metrics, mut groups) = (Vec::new(), Vec::new());
    let starts = PREFIXES.iter().flat_map(|prefix| query.match_indices(prefix).map(|(at, _)| at));
    for at in starts.filter(|at| !query[..*at].ends_with(is_of_a_name)) {
        let name: String = query[at..].chars().take_while(|c| is_of_a_name(*c)).collect();
        let rest = &query[at + name.len()..];
        metrics.push((name, if rest.starts_with('{') { keys(rest) } else { Vec::new() }));
    }
    for part in query.split(" by (").skip(1) {
        let list = part.split(')').next().unwrap();
        groups.extend(list.split(',').map(|label| label.trim().to_owned()));
    }
    (metrics, groups)
}

fn assert_known(query: &str, legend: &str, exposed: &BTreeMap<String, BTreeSet<String>>) {
    let (metrics, groups) = read(query);
    assert!(!metrics.is_empty(), "{query} asks for nothing of ours");
    let mut known = BTreeSet::new();
    for (name, selected) in metrics {
        let labels = exposed.get(&name).unwrap_or_else(|| panic!("{name} is not exposed: {query}"));
        for label in selected {
            assert!(labels.contains(&label), "{name} has no label {label}: {query}");
        }
        known.extend(labels);
    }
    for label in groups {
        assert!(known.contains(&label), "nothing there has the label {label}: {query}");
    }
    for label in legend.split("{{").skip(1).map(|part| part.split("}}").next().unwrap().trim()) {
        assert!(known.iter().any(|known| *known == label), "nothing there has the label {label}: {legend}");
    }
}

/// Every object of a kind within a value.
fn within<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key(key) {
                found.push(value);
            }
            fields.values().for_each(|inner| within(inner, key, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| within(inner, key, found)),
        _ => {}
    }
}

#[test]
fn every_family_is_touched() {
    let text = touched().text();
    let (mut family, mut samples) = ("", 0);
    for line in text.lines() {
        if let Some(next) = line.strip_prefix("# HELP ") {
            assert!(family.is_empty() || samples > 0, "{family} has no sample");
            (family, samples) = (next.split(' ').next().unwrap(), 0);
        } else if !line.starts_with('#') {
            samples += 1;
        }
    }
}

#[test]
fn queries_are_read_as_prometheus_reads_them() {
    let query =
        "sum by (le, a) (rate(accountcreator_x_count{b=\"1\",c=~\"2|3,4\"}[5m])) / up{job=\"x\"} - process_y";
    let named = |name: &str, labels: &[&str]| {
        (name.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>())
    };
    let (metrics, groups) = read(query);
    assert_eq!(
        metrics,
        [named("accountcreator_x_count", &["b", "c"]), named("process_y", &[]), named("up", &["job"])]
    );
    assert_eq!(groups, ["le", "a"]);
}

#[test]
fn the_dashboard_asks_for_what_there_is() {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let exposed = exposed();
    let (mut queries, mut variables) = (Vec::new(), Vec::new());
    within(&dashboard, "expr", &mut queries);
    within(&dashboard, "definition", &mut variables);
    assert!(queries.len() > 25 && variables.len() == 2, "the queries are found");
    for query in queries {
        let legend = query["legendFormat"].as_str().unwrap_or_default();
        assert_known(query["expr"].as_str().unwrap(), legend, &exposed);
    }
    for variable in variables {
        assert_known(variable["definition"].as_str().unwrap(), "", &exposed);
    }
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 39, "of Grafana 11");
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert_eq!(variables[0]["type"], "datasource", "it works with whatever Prometheus there is");
}

#[test]
fn every_metric_has_its_place_on_the_dashboard() {
    let mut asked = BTreeSet::new();
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut queries = Vec::new();
    within(&dashboard, "expr", &mut queries);
    for query in queries {
        asked.extend(read(query["expr"].as_str().unwrap()).0.into_iter().map(|(name, _)| name));
    }
    let shown: BTreeSet<String> = asked.iter().map(|name| family(name).to_owned()).collect();
    let missing: Vec<String> =
        exposed().keys().map(|name| family(name).to_owned()).filter(|name| !shown.contains(name)).collect();
    // The amount that a limit lets through is enough: its period is not shown.
    assert_eq!(missing, ["accountcreator_limit_period_seconds", "up"]);
}

#[test]
fn the_readme_names_every_metric_with_its_labels() {
    let mut expected = BTreeMap::<String, BTreeSet<String>>::new();
    for (sample, mut labels) in exposed().into_iter().filter(|(sample, _)| sample != "up") {
        let name = family(&sample);
        let name = name.strip_prefix("accountcreator_").unwrap_or(name).to_owned();
        labels.retain(|label| label != "le" && !ADDED.contains(&label.as_str()));
        expected.entry(name).or_default().extend(labels);
    }
    let table = README.lines().skip_while(|line| !line.starts_with("| metric, after")).skip(2);
    let rows = table.take_while(|line| line.starts_with("| ")).filter_map(|row| row.split(" | ").next());
    let named = rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(|metric| {
        let (name, labels) = metric.trim_end_matches('}').split_once('{').unwrap_or((metric, ""));
        let labels = labels.split(',').filter(|label| !label.is_empty());
        (name.to_owned(), labels.map(str::to_owned).collect())
    });
    assert_eq!(named.collect::<BTreeMap<String, BTreeSet<String>>>(), expected);
}

#[test]
fn every_alert_asks_for_what_there_is_and_says_what_to_do() {
    let exposed = exposed();
    let alerts: Vec<&str> = RULES.split("\n      - alert: ").skip(1).collect();
    assert!(alerts.len() > 10, "the alerts are found");
    for alert in alerts {
        let (expression, rest) = alert.split_once("labels:").unwrap();
        let expression = expression.split("for:").next().unwrap();
        assert_known(expression, "", &exposed);
        let (metrics, groups) = read(expression);
        for label in rest.split("$labels.").skip(1).map(|part| part.split_whitespace().next().unwrap()) {
            let is_kept = groups.iter().any(|group| group == label);
            assert!(
                is_kept || (metrics[0].0 == "up" && label == "instance"),
                "{label} is lost in {expression}"
            );
        }
        let severity = rest.split("severity: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
        assert!(["critical", "warning", "info"].contains(&severity), "{severity}");
        for part in ["summary: ", "description: ", "action: "] {
            assert!(rest.contains(part), "{part} is missing: {alert}");
        }
    }
}
