//! Deposits and withdrawals under a lock, and a check that trusts a wrong sum once it sees both.
//!
//! The original's main thread ends without joining; here it joins, so that a failed assertion
//! ends the run as failed.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

const OPENING: i32 = 1;
const DEPOSIT: i32 = 2;
const WITHDRAWAL: i32 = 4;

struct Account {
    balance: i32,
    moves: u32,
}

pub(super) fn main() {
    let account = Arc::new(Mutex::new(Account { balance: OPENING, moves: 0 }));
    join_all([
        spawn(&account, check),
        spawn(&account, |account| change(account, DEPOSIT)),
        spawn(&account, |account| change(account, -WITHDRAWAL)),
    ]);
}

fn change(account: &Mutex<Account>, by: i32) {
    let mut account = account.lock().unwrap();
    account.balance += by;
    account.moves += 1;
}

fn check(account: &Mutex<Account>) {
    let account = account.lock().unwrap();
    if account.moves == 2 {
        // The sign of the deposit is the mistake.
        assert_eq!(account.balance, OPENING - DEPOSIT - WITHDRAWAL);
    }
}
