//! Deadlock or stuck: told apart by experiment.
//!
//! At rest some tasks hold wakers that nobody will wake. For each unfinished task
//! U the run is replayed to that point and U is dropped: a task T that is woken
//! thereby waits for U. If these edges have a cycle it is a deadlock, else
//! something outside the tasks was to wake them.

use crate::host::{Host, Plan};
use crate::record::{Broken, task_ids};
use reveille_sim::{Law, Probe, Tape};

/// Unfinished tasks beyond which no experiments are made.
const MOST_TASKS: usize = 64;

/// The verdict `stuck`, suspected or not, looked into; others are left as they are.
/// If it may be [hasty](crate::haste), only what is found so is tried at length.
pub(crate) fn refine(host: &mut dyn Host, tape: &Tape, broken: Broken, hasty: bool) -> Broken {
    let is_stuck = matches!(broken.law, Law::Stuck | Law::SuspectedStuck);
    if !is_stuck || broken.others.len() > MOST_TASKS {
        return broken;
    }
    let mut circle = |tasks: &[u32], hasty| cycle(&waits_for(host, tape, tasks, hasty));
    let found = match hasty {
        true => circle(&broken.others, true).and_then(|tasks| circle(&tasks, false)),
        false => circle(&broken.others, false),
    };
    match found {
        Some(cycle) => {
            Broken { law: Law::Deadlock, task: cycle.first().copied(), others: cycle, ..broken }
        }
        None => broken,
    }
}

/// Who is woken if one of `tasks` is dropped, with whom.
fn waits_for(host: &mut dyn Host, tape: &Tape, tasks: &[u32], hasty: bool) -> Vec<(u32, u32)> {
    let mut edges = Vec::new();
    for dropped in task_ids(tasks) {
        let plan = Plan::replay(tape.clone()).probing(Probe { drop: dropped }).hasty_if(hasty);
        let woken = host.run(&plan).ok().and_then(|record| record.probed).unwrap_or_default();
        edges.extend(woken.into_iter().map(|task| (task, dropped.0)));
    }
    edges
}

/// A cycle of the relation, from its smallest member on; a shortest one.
pub(crate) fn cycle(edges: &[(u32, u32)]) -> Option<Vec<u32>> {
    let mut nodes: Vec<u32> = edges.iter().map(|(from, _)| *from).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes.into_iter().filter_map(|start| shortest_return(edges, start)).min_by_key(Vec::len)
}

/// A shortest way from `start` back to `start`, breadth first.
fn shortest_return(edges: &[(u32, u32)], start: u32) -> Option<Vec<u32>> {
    let mut paths = vec![vec![start]];
    let mut seen = vec![];
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let at = *path.last()?;
            for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
                if *to == start {
                    return Some(path);
                }
                if !seen.contains(to) {
                    seen.push(*to);
                    longer.push([path.as_slice(), &[*to]].concat());
                }
            }
        }
        paths = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::cycle;

    #[test]
    fn a_cycle_is_found_and_begins_with_its_smallest_member() {
        assert_eq!(cycle(&[(2, 1), (1, 2), (0, 1)]), Some(vec![1, 2]));
        assert_eq!(cycle(&[(0, 1), (1, 2), (2, 3), (3, 1)]), Some(vec![1, 2, 3]));
        assert_eq!(cycle(&[(5, 5)]), Some(vec![5]));
    }

    #[test]
    fn without_a_cycle_there_is_none() {
        assert_eq!(cycle(&[]), None);
        assert_eq!(cycle(&[(0, 1), (0, 2), (1, 3), (2, 3)]), None);
    }
}
