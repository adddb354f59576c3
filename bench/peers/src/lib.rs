//! The same program in runs of Reveille and of other simulators, all in one process.
//!
//! Of the crates in it only madsim reads `--cfg madsim`. It then also stands in for some
//! functions of the C library, and passes on the calls of those who are not in its runs:
//! about 3 % of a run of turmoil, which asks for the time most often.

#[cfg(not(madsim))]
compile_error!(
    "expected `--cfg madsim`, without which madsim does not simulate: \
    RUSTFLAGS=\"--cfg madsim\" cargo bench --manifest-path bench/peers/Cargo.toml"
);

pub mod bare;
pub mod echo;
pub mod in_madsim;
pub mod in_reveille;
pub mod in_turmoil;
pub mod in_turmoil_net;
