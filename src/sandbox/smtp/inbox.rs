//! All mails that were received.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::mail::Mail;
use crate::sandbox::lock;

/// The largest number of mails that are kept.
const KEPT: usize = 100_000;

/// The mails, oldest first.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Inbox(Mutex<Mails>);

#[derive(Debug, Default)]
struct Mails {
    taken: u64,
    kept: VecDeque<Arc<Mail>>,
}

impl Inbox {
    /// Puts a mail in and numbers it.
    pub fn take(&self, mut mail: Mail) {
        let mut mails = lock(&self.0);
        mails.taken += 1;
        mail.number = mails.taken;
        if mails.kept.len() == KEPT {
            mails.kept.pop_front();
        }
        mails.kept.push_back(Arc::new(mail));
    }

    /// The mails that meet a condition, oldest first.
    pub fn matching(&self, is_wanted: impl Fn(&Mail) -> bool) -> Vec<Arc<Mail>> {
        let mails = lock(&self.0);
        mails.kept.iter().filter(|mail| is_wanted(mail)).cloned().collect()
    }

    /// The latest mail to an address.
    pub fn latest_to(&self, address: &str) -> Option<Arc<Mail>> {
        let mails = lock(&self.0);
        mails.kept.iter().rev().find(|mail| mail.is_to(address)).cloned()
    }

    /// The mail with a number.
    pub fn get(&self, number: u64) -> Option<Arc<Mail>> {
        let mails = lock(&self.0);
        let first = mails.kept.front()?.number;
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        mails.kept.get(place).cloned()
    }

    /// The latest `count` mails, newest first, and the number of those that are kept.
    pub fn latest(&self, count: usize) -> (Vec<Arc<Mail>>, usize) {
        let mails = lock(&self.0);
        (mails.kept.iter().rev().take(count).cloned().collect(), mails.kept.len())
    }

    /// Deletes all mails.
    pub fn clear(&self) {
        lock(&self.0).kept.clear();
    }
}
