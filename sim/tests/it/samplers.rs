//! Each sampler is the algorithm that it names: over programs so small that all their
//! orders can be written out.

use reveille_sim::{
    Bounded, Faults, Kind, Path, Pct, Plain, Policy, Portfolio, Pos, Random, RandomWalk, Resource,
    Runnable, Sampler, Seeded, Sticky, Strand, Surw, Touch, Urw,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a strand does, turn by turn.
type Script = Vec<Touch>;

/// Makes run number `run` of strands that never wait for each other; gives who had the
/// turns that touch `of`, or all turns.
fn order(
    sampler: &mut impl Sampler,
    run: u64,
    scripts: &[Script],
    of: Option<Resource>,
) -> Vec<usize> {
    let root = Strand::root();
    let strands: Vec<Strand> = (1..=scripts.len() as u32).map(|n| root.spawn(n)).collect();
    let next = |at: usize| scripts[at].get(strands[at].turns() as usize).copied();
    sampler.begin(run, Faults::NONE);
    let mut order = Vec::new();
    loop {
        let left: Vec<usize> = (0..strands.len()).filter(|at| next(*at).is_some()).collect();
        let Some(first) = left.first() else { break };
        for at in &left {
            strands[*at].set_next(next(*at).unwrap());
        }
        let runnable: Vec<&Strand> = left.iter().map(|at| &strands[*at]).collect();
        let taken = match runnable.len() {
            1 => *first,
            _ => left[sampler.schedule(&Runnable::of(&runnable)) as usize],
        };
        sampler.turn(&strands[taken]);
        if of.is_none() || next(taken).unwrap().resource() == of {
            order.push(taken);
        }
        strands[taken].take_turn();
    }
    sampler.end();
    order
}

/// All turns may touch everything.
fn opaque(lengths: &[usize]) -> Vec<Script> {
    lengths.iter().map(|turns| vec![Touch::Anything; *turns]).collect()
}

/// All orders of so many turns of each strand.
fn orders(lengths: &[usize]) -> Vec<Vec<usize>> {
    fn go(left: &mut [usize], order: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if left.iter().all(|turns| *turns == 0) {
            all.push(order.clone());
        }
        for at in 0..left.len() {
            if left[at] > 0 {
                left[at] -= 1;
                order.push(at);
                go(left, order, all);
                order.pop();
                left[at] += 1;
            }
        }
    }
    let mut all = Vec::new();
    go(&mut lengths.to_vec(), &mut Vec::new(), &mut all);
    all
}

/// How often each order came up in so many runs, after a first one to learn from.
fn tally(
    mut sampler: impl Sampler,
    runs: u64,
    scripts: &[Script],
    of: Option<Resource>,
) -> BTreeMap<Vec<usize>, u64> {
    let mut counts = BTreeMap::new();
    for run in 0..=runs {
        let order = order(&mut sampler, run, scripts, of);
        if run > 0 {
            *counts.entry(order).or_insert(0) += 1;
        }
    }
    counts
}

/// Whether the counts fit the expected ones: Pearson's chi-squared within five standard
/// deviations of its mean.
#[track_caller]
fn fits(counts: &BTreeMap<Vec<usize>, u64>, expected: &BTreeMap<Vec<usize>, f64>) {
    assert!(counts.keys().all(|order| expected.contains_key(order)), "an order that cannot be");
    let chi: f64 = expected
        .iter()
        .map(|(order, expected)| {
            let count = *counts.get(order).unwrap_or(&0) as f64;
            (count - expected).powi(2) / expected
        })
        .sum();
    let degrees = (expected.len() - 1) as f64;
    let limit = degrees + 5.0 * (2.0 * degrees).sqrt();
    assert!(chi < limit, "chi-squared is {chi}, more than {limit}");
}

fn uniform(lengths: &[usize], runs: u64) -> BTreeMap<Vec<usize>, f64> {
    let all = orders(lengths);
    let each = runs as f64 / all.len() as f64;
    all.into_iter().map(|order| (order, each)).collect()
}

#[test]
fn urw_is_uniform_over_interleavings() {
    let lengths = [3, 1, 4];
    let runs = 280 * 100;
    assert_eq!(orders(&lengths).len(), 280);
    let counts = tally(Seeded::with(7, Urw::default()), runs, &opaque(&lengths), None);
    fits(&counts, &uniform(&lengths, runs));
}

#[test]
fn urw_credits_a_strand_with_what_it_will_spawn_and_no_longer_when_it_has() {
    let mut urw = Seeded::with(5, Urw::default());
    let runs = 3_000;
    let mut counts = BTreeMap::new();
    for run in 0..=runs {
        // Two turns, of which the second spawns a strand of two more; then a third.
        let parent = Strand::root();
        let mut child = None;
        let mut order = Vec::new();
        urw.begin(run, Faults::NONE);
        loop {
            let left = [Some(&parent).filter(|p| p.turns() < 3), child.as_ref()];
            let left = left.into_iter().flatten();
            let runnable: Vec<&Strand> =
                left.filter(|s| s.number() == 0 || s.turns() < 2).collect();
            let taken = match runnable.len() {
                0 => break,
                1 => 0,
                _ => urw.schedule(&Runnable::of(&runnable)),
            };
            let taken = runnable[taken as usize];
            urw.turn(taken);
            taken.take_turn();
            order.push(taken.number());
            if child.is_none() && parent.turns() == 2 {
                child = Some(parent.spawn(1));
            }
        }
        urw.end();
        if run > 0 {
            *counts.entry(order).or_insert(0) += 1;
        }
    }
    let each = runs as f64 / 3.0;
    let all = [vec![0, 0, 0, 1, 1], vec![0, 0, 1, 0, 1], vec![0, 0, 1, 1, 0]];
    fits(&counts, &all.into_iter().map(|order| (order, each)).collect());
}

#[test]
fn a_random_walk_is_not_uniform_but_what_its_choices_multiply_to() {
    let lengths = [3, 1, 4];
    let runs = 280 * 100;
    let expected: BTreeMap<_, _> = orders(&lengths)
        .into_iter()
        .map(|order| {
            let mut left = lengths;
            let chance: f64 = order
                .iter()
                .map(|at| {
                    let options = left.iter().filter(|turns| **turns > 0).count();
                    left[*at] -= 1;
                    1.0 / options as f64
                })
                .product();
            (order, chance * runs as f64)
        })
        .collect();
    fits(&tally(Random::new(7), runs, &opaque(&lengths), None), &expected);
    // The test can tell the two apart.
    let uniform = uniform(&lengths, runs);
    let far: f64 = expected.iter().map(|(o, e)| (e - uniform[o]).powi(2) / uniform[o]).sum();
    assert!(far > 10_000.0, "{far}");
}

/// Each strand works for itself before, between and after its accesses to `shared`.
fn mostly_private(accesses: &[usize], noise: &[usize], shared: Resource) -> Vec<Script> {
    let script = |(at, count): (usize, &usize)| {
        let own = Touch::Write(Resource::named("own").at(at as u64));
        let mut script = Vec::new();
        for _ in 0..*count {
            script.extend(vec![own; noise[at]]);
            script.push(Touch::Write(shared));
        }
        script.extend(vec![own; noise[at]]);
        script
    };
    accesses.iter().enumerate().map(script).collect()
}

#[test]
fn surw_is_uniform_over_the_orders_of_what_is_shared() {
    let (accesses, shared) = ([2, 3, 2], Resource::named("shared"));
    let runs = 210 * 100;
    // The strand with most to do elsewhere is not kept back for it.
    let scripts = mostly_private(&accesses, &[0, 9, 2], shared);
    for eager in [false, true] {
        let surw = Seeded::with(5, Surw::default());
        let surw = if eager { surw.eager() } else { surw };
        let counts = tally(surw, runs, &scripts, Some(shared));
        fits(&counts, &uniform(&accesses, runs));
    }
    // Unlike a walk that is uniform over everything it chooses.
    let counts = tally(Random::new(5), runs, &scripts, Some(shared));
    let last_is_late = |counts: &BTreeMap<Vec<usize>, u64>| {
        counts.iter().filter(|(o, _)| o[..4] == [0, 0, 2, 2]).map(|(_, n)| n).sum::<u64>()
    };
    assert!(last_is_late(&counts) > 4 * runs / 210, "{}", last_is_late(&counts));
}

/// Strands block and are woken between their turns, and go alone now and then.
#[test]
fn surw_holds_nobody_for_ever() {
    let shared = Touch::Write("shared".into());
    let mut surw = Seeded::with(3, Surw::default());
    // To learn from: every other turn of each of them is at the shared resource.
    let turn = |number: u32| if number.is_multiple_of(2) { shared } else { Touch::Anything };
    order(&mut surw, 0, &vec![(0..40).map(turn).collect(); 4], None);
    let mut word = 1u32;
    for run in 1..500 {
        let root = Strand::root();
        let strands: Vec<Strand> = (1..5).map(|number| root.spawn(number)).collect();
        surw.begin(run, Faults::NONE);
        for _ in 0..160 {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let mask = word >> 28;
            let runnable: Vec<&Strand> = strands
                .iter()
                .enumerate()
                .filter(|(at, _)| mask >> at & 1 == 1)
                .map(|(_, strand)| strand)
                .collect();
            runnable.iter().for_each(|strand| strand.set_next(turn(strand.turns())));
            let taken = match runnable.len() {
                0 => continue,
                1 => 0,
                _ => surw.schedule(&Runnable::of(&runnable)),
            };
            surw.turn(runnable[taken as usize]);
            runnable[taken as usize].take_turn();
        }
        surw.end();
    }
}

/// The orders in which the bug of depth `d` shows: the strands' turns of the given
/// numbers come in this order.
fn shows(order: &[usize], events: &[(usize, usize)]) -> bool {
    let place = |(strand, turn): (usize, usize)| {
        order.iter().enumerate().filter(|(_, at)| **at == strand).nth(turn).unwrap().0
    };
    events.windows(2).all(|pair| place(pair[0]) < place(pair[1]))
}

#[test]
fn pct_keeps_its_promise() {
    let lengths = [6, 6, 6];
    let runs = 40_000;
    let (n, k) = (3.0, 18.0);
    // What must come before what, and the depth that this makes.
    let bugs: [(u32, &[(usize, usize)]); 4] = [
        (1, &[(2, 0), (0, 0)]),
        (1, &[(2, 5), (0, 0)]),
        (2, &[(0, 2), (1, 0), (1, 5), (0, 3)]),
        (3, &[(0, 2), (1, 0), (1, 2), (0, 3), (0, 5), (1, 3)]),
    ];
    for (depth, events) in bugs {
        let pct = Seeded::with(9, Pct::of_depth(depth));
        let counts = tally(pct, runs, &opaque(&lengths), None);
        let hits: u64 =
            counts.iter().filter(|(order, _)| shows(order, events)).map(|(_, n)| n).sum();
        let least = runs as f64 / (n * f64::powi(k, depth as i32 - 1));
        assert!(hits as f64 > 0.8 * least, "depth {depth}: {hits} of at least {least}");
        if depth > 1 {
            let shallow = Seeded::with(9, Pct::of_depth(depth - 1));
            let counts = tally(shallow, runs, &opaque(&lengths), None);
            let fewer: u64 =
                counts.iter().filter(|(order, _)| shows(order, events)).map(|(_, n)| n).sum();
            assert_eq!(fewer, 0, "depth {depth} is found with fewer changes");
        }
    }
}

#[test]
fn pct_without_changes_runs_strands_one_after_the_other() {
    let counts = tally(Seeded::with(3, Pct::of_depth(1)), 600, &opaque(&[4, 4, 4]), None);
    assert_eq!(counts.len(), 6);
    for (order, count) in counts {
        assert!(order.chunks(4).all(|turns| turns.iter().all(|at| *at == turns[0])), "{order:?}");
        assert!((60..140).contains(&count), "{order:?} came up {count} times");
    }
}

#[test]
fn pos_orders_racing_events_evenly_and_keeps_the_rest_in_place() {
    // Without races a strand's event keeps its priority until it is run: the first
    // events of three strands come in each order with the same chance.
    let counts = tally(Seeded::with(3, Pos::default()), 6_000, &opaque(&[1, 1, 1]), None);
    fits(&counts, &uniform(&[1, 1, 1], 6_000));
    // A long strand does not keep a short one back: with events that do not race, the
    // short one's single event has one draw against each of the long one's.
    let counts = tally(Seeded::with(3, Pos::default()), 6_000, &opaque(&[1, 3]), None);
    let at = |place: usize| {
        counts.iter().filter(|(order, _)| order[place] == 0).map(|(_, n)| *n).sum::<u64>()
    };
    // It is last if it is the smallest of four draws.
    assert!((1_350..1_650).contains(&at(3)), "{}", at(3));
    assert!((2_850..3_150).contains(&at(0)), "{}", at(0));
}

#[test]
fn pos_draws_anew_after_a_race() {
    let shared = Touch::Write("shared".into());
    let counts =
        tally(Seeded::with(3, Pos::default()), 8_000, &[vec![shared], vec![shared; 3]], None);
    // Every race is a fresh draw of two, so the single event is last with 1/8.
    let last: u64 = counts.iter().filter(|(order, _)| order[3] == 0).map(|(_, n)| *n).sum();
    assert!((850..1_150).contains(&last), "{last}");
}

#[test]
fn sticky_stays() {
    let counts = tally(Seeded::with(3, Sticky::default()), 4_000, &opaque(&[20, 20]), None);
    let (mut stayed, mut chosen) = (0, 0);
    for (order, count) in counts {
        let both_left = (1..order.len())
            .take_while(|at| [0, 1].iter().all(|strand| order[*at..].contains(strand)));
        for at in both_left {
            chosen += count;
            stayed += count * u64::from(order[at] == order[at - 1]);
        }
    }
    // 7/8, and half of the eighth.
    let share = stayed as f64 / chosen as f64;
    assert!((share - 0.9375).abs() < 0.005, "{share}");
}

#[test]
fn private_turns_are_no_choices() {
    struct Counting(RandomWalk, Rc<RefCell<u32>>);
    impl Policy for Counting {
        fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut reveille_sim::Run) -> u32 {
            *self.1.borrow_mut() += 1;
            self.0.schedule(runnable, run)
        }
    }
    let asked = Rc::new(RefCell::new(0));
    let shared = Resource::named("shared");
    let scripts = mostly_private(&[2, 2], &[5, 5], shared);
    let mut sampler = Seeded::with(1, Counting(RandomWalk, asked.clone())).eager();
    // In the first run nobody knows yet what is shared.
    order(&mut sampler, 0, &scripts, None);
    let mut orders = BTreeMap::new();
    for run in 1..400 {
        *asked.borrow_mut() = 0;
        let order = order(&mut sampler, run, &scripts, Some(shared));
        // Four accesses; the last ones of whoever is left alone are none.
        assert!((2..=3).contains(&*asked.borrow()), "{}", asked.borrow());
        *orders.entry(order).or_insert(0) += 1;
    }
    assert_eq!(orders.len(), 6);
}

#[test]
fn bounded_search_makes_every_run_once_and_fewest_deviations_first() {
    for lengths in [vec![2, 2], vec![3, 1, 2], vec![2, 2, 2], vec![4, 3]] {
        let scripts = opaque(&lengths);
        let mut bounded = Bounded::new();
        let mut seen = Vec::new();
        while !bounded.is_done() {
            seen.push(order(&mut bounded, seen.len() as u64, &scripts, None));
        }
        // The default here is the first strand that has turns left.
        let deviations = |order: &Vec<usize>| {
            let mut left = lengths.clone();
            let mut deviations = 0;
            for at in order {
                deviations += u32::from(left.iter().position(|turns| *turns > 0) != Some(*at));
                left[*at] -= 1;
            }
            deviations
        };
        let levels: Vec<u32> = seen.iter().map(deviations).collect();
        assert!(levels.is_sorted(), "{levels:?}");
        let exhausted = bounded.exhausted().unwrap();
        assert_eq!((exhausted.runs, exhausted.everything), (seen.len() as u64, true));
        seen.sort();
        assert_eq!(seen, orders(&lengths));
    }
}

#[test]
fn bounded_search_says_when_a_level_is_through() {
    let lengths = [3, 3, 2];
    let scripts = opaque(&lengths);
    let mut bounded = Bounded::new();
    let mut run = 0;
    let mut through = Vec::new();
    while !bounded.is_done() {
        order(&mut bounded, run, &scripts, None);
        run += 1;
        if let Some(exhausted) = bounded.exhausted()
            && through.last().is_none_or(|(deviations, _)| *deviations < exhausted.deviations)
        {
            through.push((exhausted.deviations, exhausted.runs));
        }
    }
    let total = orders(&lengths).len() as u64;
    assert_eq!(through.first(), Some(&(0, 1)));
    assert_eq!(through.last().map(|(_, runs)| *runs), Some(total));
    assert!(through.is_sorted_by(|a, b| a.1 < b.1), "{through:?}");
}

#[test]
fn bounded_search_does_not_deviate_from_private_turns() {
    let shared = Resource::named("shared");
    let scripts = mostly_private(&[1, 1], &[4, 4], shared);
    let mut bounded = Bounded::new();
    let mut orders = Vec::new();
    while !bounded.is_done() {
        orders.push(order(&mut bounded, orders.len() as u64, &scripts, Some(shared)));
    }
    assert!(orders.contains(&vec![0, 1]) && orders.contains(&vec![1, 0]));
    // C(10, 5) = 252 orders of all turns are a handful of the shared ones.
    assert!(orders.len() < 20, "{}", orders.len());
}

#[test]
fn paths_are_those_of_spawning() {
    let root = Strand::root();
    let (first, second) = (root.spawn(1), root.spawn(2));
    let grandchild = first.spawn(3);
    assert_eq!(root.path(), Path::ROOT);
    assert_eq!(second.path(), Path::ROOT.child(1));
    assert_eq!(grandchild.path(), Path::ROOT.child(0).child(0));
    assert_eq!((grandchild.parent(), grandchild.ordinal()), (Some(1), 0));
    let paths = [root.path(), first.path(), second.path(), grandchild.path()];
    assert!((0..4).all(|a| (0..a).all(|b| paths[a] != paths[b])));
}

#[test]
fn a_sampler_that_is_asked_for_other_choices_keeps_to_their_options() {
    let samplers: [Box<dyn Sampler>; 4] = [
        Box::new(Plain),
        Box::new(Random::new(1)),
        Box::new(Portfolio::new(1)),
        Box::new(Bounded::new()),
    ];
    for mut sampler in samplers {
        for run in 0..50 {
            let faults = sampler.begin(run, Faults::ALL);
            for kind in Kind::ALL {
                if kind.is_fault() && !faults.has(kind) {
                    continue;
                }
                for options in [2, 3, 1000, u32::MAX] {
                    assert!(sampler.choose(kind, options) < options);
                }
            }
            sampler.end();
        }
    }
}
